import { isObject } from "#server/schema/is-object.ts";

/** A JSON Schema without references. */
export type Node = boolean | Readonly<Record<string, unknown>>;

/** What says something about people's understanding, and nothing about values. */
export const annotations: ReadonlySet<string> = new Set(
  "$schema $id $comment $defs title description default examples deprecated readOnly writeOnly unit category".split(
    " ",
  ),
);

const maps = new Set(["properties", "patternProperties", "dependentSchemas"]);
const lists = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const single = new Set(
  "items contains additionalProperties propertyNames not if then else unevaluatedProperties unevaluatedItems".split(
    " ",
  ),
);

/**
 * A schema in plain form: each reference replaced by what it names, annotations left out. The
 * schema must have passed inspectSchema, which bounds its size with every reference followed.
 */
export function expandSchema(schema: unknown): Node {
  return expand(schema, schema);
}

function expand(schema: unknown, root: unknown): Node {
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) return true;
  const plain = Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => keyword !== "$ref" && !annotations.has(keyword))
      .map(([keyword, value]) => [keyword, expandKeyword(keyword, value, root)]),
  );
  const target = referenced(schema["$ref"], root);
  if (target === undefined) return plain;
  const named = expand(target, root);
  if (Object.keys(plain).length === 0) return named;
  const own = plain["allOf"];
  return { ...plain, allOf: [...(Array.isArray(own) ? own : []), named] };
}

function expandKeyword(keyword: string, value: unknown, root: unknown): unknown {
  if (single.has(keyword)) return expand(value, root);
  if (lists.has(keyword) && Array.isArray(value)) return value.map((each) => expand(each, root));
  if (maps.has(keyword) && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, expand(each, root)]),
    );
  }
  return value;
}

function referenced(reference: unknown, root: unknown): unknown {
  if (typeof reference !== "string" || !isObject(root)) return undefined;
  const definitions = root["$defs"];
  if (!isObject(definitions)) return undefined;
  return definitions[reference.slice("#/$defs/".length)];
}

/** Whether two JSON values are the same; the order of an object's members does not count. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  }
  if (!isObject(a) || !isObject(b) || Array.isArray(a) || Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}
