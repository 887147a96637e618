import { isObject } from "#server/schema/is-object.ts";
import { mergeParts, type Node } from "#server/schema/merge-parts.ts";

/** What says something about people's understanding, and nothing about values. */
const annotations: ReadonlySet<string> = new Set(
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
 * A schema in plain form: each reference replaced by what it names, parts that must all hold made
 * one, annotations left out. The
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
  if (target === undefined) return mergeParts(plain);
  const own = plain["allOf"];
  return mergeParts({
    ...plain,
    allOf: [...(Array.isArray(own) ? own : []), expand(target, root)],
  });
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
