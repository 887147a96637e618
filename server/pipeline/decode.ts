import { isUtf8 } from "node:buffer";
import { countMembers, memberTooLarge } from "#server/pipeline/count-members.ts";
import { findDuplicateKey } from "#server/pipeline/find-duplicate-key.ts";
import { quoteName } from "#server/pipeline/readings.ts";
import { maxJsonDepth, maxJsonKeys, scanJson } from "#server/pipeline/scan-json.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";

/**
 * Turns bytes into a JSON value, with bounds on nesting and keys checked before anything is built.
 * Whole numbers beyond 2^53 become the nearest double, as JSON has them; keys that come twice and
 * numbers beyond doubles are refused, for what the parser makes of them is not what was sent.
 */
export function decode(payload: Buffer): Stage<unknown> {
  if (payload.length === 0) {
    return refuse(
      "empty",
      'The payload is empty. Send a JSON object such as {"temperature":21.5}.',
    );
  }
  if (!isUtf8(payload)) {
    return refuse("not-json", "The payload is not valid UTF-8, so it is not JSON.");
  }
  const measured = scanJson(payload);
  if (measured === "too-deep") {
    return refuse("too-deep", `The JSON is nested deeper than ${maxJsonDepth} levels.`);
  }
  if (measured === "too-many-keys") {
    return refuse("too-many-keys", `The JSON has more than ${maxJsonKeys} keys.`);
  }
  try {
    const value: unknown = JSON.parse(payload.toString("utf8"));
    const members = countMembers(value);
    return members === measured ? pass(value) : unfaithful(payload, value, members);
  } catch (error) {
    return refuse("not-json", `The payload is not JSON${whereItBreaks(error)}.`);
  }
}

/** Why the value is not what the text says; `members` as {@link countMembers} has them. */
function unfaithful(payload: Buffer, value: unknown, members: number): Refusal {
  if (Number.isNaN(members)) {
    const name = memberTooLarge(value);
    const subject = name === undefined ? "A number" : `The number in ${quoteName(name)}`;
    return refuse("unsupported-value", `${subject} is too large for a double. Leave it out.`);
  }
  const key = findDuplicateKey(payload);
  const which = key === undefined ? "a key" : `the key ${quoteName(key)}`;
  return refuse("duplicate-key", `An object of the JSON has ${which} twice. Send each key once.`);
}

/** The parser's own text quotes the payload, which may be secret; only the position is kept. */
function whereItBreaks(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(text)?.[1];
  if (position !== undefined) return `: it breaks at character ${position}`;
  return text.includes("end of JSON") || text.includes("Unterminated") ? ": it ends too early" : "";
}
