import { isObject } from "#server/schema/is-object.ts";
import { isSame } from "#server/schema/is-same.ts";

/** A JSON Schema without references. */
export type Node = boolean | Readonly<Record<string, unknown>>;
type Schema = Readonly<Record<string, unknown>>;

const lower = new Set("minimum exclusiveMinimum minLength minItems minProperties".split(" "));
const upper = new Set("maximum exclusiveMaximum maxLength maxItems maxProperties".split(" "));
const alike = new Set("pattern format multipleOf items enum const".split(" "));
/** Of an object that describes members which it does not name. */
const rests = ["additionalProperties", "patternProperties"];

/**
 * Takes the parts of `allOf` into the schema itself, as far as they mean the same there. What cannot
 * be taken stays in `allOf`.
 */
export function mergeParts(schema: Schema): Node {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return schema;
  let merged: Schema = own;
  const left: unknown[] = [];
  for (const part of allOf) {
    if (part === false) return false;
    if (part === true) continue;
    const next = isObject(part) ? mergeTwo(merged, part) : undefined;
    if (next === false) return false;
    if (next === undefined) left.push(part);
    else merged = next;
  }
  return left.length === 0 ? merged : { ...merged, allOf: left };
}

/** @returns false where nothing fits both, undefined where one schema cannot say it */
function mergeTwo(base: Schema, part: Schema): Schema | false | undefined {
  if (part["properties"] !== undefined && rests.some((keyword) => base[keyword] !== undefined)) {
    return undefined;
  }
  if (part["items"] !== undefined && base["prefixItems"] !== undefined) return undefined;
  const merged: Record<string, unknown> = { ...base };
  for (const [keyword, value] of Object.entries(part)) {
    const both = Object.hasOwn(base, keyword) ? combine(keyword, base[keyword], value) : value;
    if (both === undefined || !isMergeable(keyword)) return undefined;
    if (both === false && keyword === "type") return false;
    merged[keyword] = both;
  }
  return merged;
}

function isMergeable(keyword: string): boolean {
  return (
    lower.has(keyword) ||
    upper.has(keyword) ||
    alike.has(keyword) ||
    ["type", "required", "properties"].includes(keyword)
  );
}

/** @returns undefined where one value of the keyword cannot say both */
function combine(keyword: string, a: unknown, b: unknown): unknown {
  if (isSame(a, b)) return a;
  if (keyword === "type") return commonTypes([a].flat(), [b].flat());
  if (keyword === "required") return [...new Set([a, b].flat())];
  if (keyword === "properties") return isObject(a) && isObject(b) && commonProperties(a, b);
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  if (lower.has(keyword)) return Math.max(a, b);
  return upper.has(keyword) ? Math.min(a, b) : undefined;
}

function commonTypes(a: readonly unknown[], b: readonly unknown[]): unknown {
  const both = a.flatMap((type) => {
    if (b.includes(type) || (type === "integer" && b.includes("number"))) return [type];
    return type === "number" && b.includes("integer") ? ["integer"] : [];
  });
  return both.length > 0 && both;
}

function commonProperties(a: Schema, b: Schema): Schema {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    [...names].map((name) => {
      if (!Object.hasOwn(a, name)) return [name, b[name]];
      if (!Object.hasOwn(b, name)) return [name, a[name]];
      return [name, mergeParts({ allOf: [a[name], b[name]] })];
    }),
  );
}
