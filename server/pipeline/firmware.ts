import { decode } from "#server/pipeline/decode.ts";
import { storable } from "#server/pipeline/storable.ts";

const longest = 64;

/**
 * The firmware that a device's state names (device contract, `up/state`): text, or an object with a
 * `version`.
 * @returns undefined where the state says nothing of it
 */
export function firmwareOf(state: Buffer): string | undefined {
  const decoded = decode(state);
  if (!decoded.ok || typeof decoded.value !== "object" || decoded.value === null) return undefined;
  const said: unknown = Reflect.get(decoded.value, "firmware");
  const version: unknown =
    typeof said === "object" && said !== null ? Reflect.get(said, "version") : said;
  if (typeof version !== "string" || version === "") return undefined;
  return storable(version).slice(0, longest);
}
