import { isUtf8 } from "node:buffer";
import { maxJsonDepth, maxJsonKeys, scanJson } from "#server/pipeline/scan-json.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";

/** Turns bytes into a JSON value, with bounds on nesting and keys checked before anything is built. */
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
    return pass(value);
  } catch (error) {
    return refuse("not-json", `The payload is not JSON${whereItBreaks(error)}.`);
  }
}

/** The parser's own text quotes the payload, which may be secret; only the position is kept. */
function whereItBreaks(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(text)?.[1];
  if (position !== undefined) return `: it breaks at character ${position}`;
  return text.includes("end of JSON") || text.includes("Unterminated") ? ": it ends too early" : "";
}
