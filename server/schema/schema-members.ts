import { RE2JS } from "re2js";
import { isObject } from "#server/schema/is-object.ts";
import type { Node } from "#server/schema/merge-parts.ts";

type Schema = Readonly<Record<string, unknown>>;

const applicators = "allOf anyOf oneOf if then else dependentSchemas".split(" ");

export function isNode(value: unknown): value is Node {
  return typeof value === "boolean" || isObject(value);
}

export function propertiesOf(schema: Schema): Schema {
  const properties = schema["properties"];
  return isObject(properties) ? properties : {};
}

/** What a schema says of members that it does not name; undefined where it says nothing. */
export function describedRest(schema: Schema): Node | undefined {
  const rest = schema["additionalProperties"] ?? schema["unevaluatedProperties"];
  return isObject(rest) || rest === false ? rest : undefined;
}

export function hasPatterns(schema: Schema): boolean {
  return (
    isObject(schema["patternProperties"]) && Object.keys(schema["patternProperties"]).length > 0
  );
}

export function matchesPattern(schema: Schema, name: string): boolean {
  if (!isObject(schema["patternProperties"])) return false;
  return Object.keys(schema["patternProperties"]).some((pattern) =>
    RE2JS.compile(RE2JS.translateRegExp(pattern)).matcher(name).find(),
  );
}

/** Schemas that apply to the same value as this one. */
export function partsOf(schema: Schema): readonly Schema[] {
  return applicators.flatMap((keyword) => {
    const value = schema[keyword];
    if (value === undefined) return [];
    const nodes =
      keyword === "dependentSchemas" && isObject(value) ? Object.values(value) : [value];
    return nodes.flat().filter(isObject);
  });
}

/** Names that a schema or its parts speak of. */
export function namesWithin(schema: Schema): readonly string[] {
  return [...Object.keys(propertiesOf(schema)), ...partsOf(schema).flatMap(namesWithin)];
}

/** Whether the schema or a part of it describes members that it does not name. */
export function describesOthers(schema: Schema): boolean {
  const isOpen = isObject(schema["additionalProperties"]);
  return isOpen || hasPatterns(schema) || partsOf(schema).some(describesOthers);
}

/**
 * What a schema says of a member that may be sent; undefined where it neither names nor describes
 * it, true where that is said in a way that is not taken apart.
 */
export function sentMember(schema: Schema, name: string): Node | undefined {
  const properties = propertiesOf(schema);
  if (Object.hasOwn(properties, name)) {
    const own = properties[name];
    return isNode(own) ? own : true;
  }
  if (matchesPattern(schema, name)) return true;
  const isInPart = partsOf(schema).some((part) => sentMember(part, name) !== undefined);
  return isInPart ? true : describedRest(schema);
}
