/** What a keyword of JSON Schema 2020-12 holds, as far as profiles may use it. */
export type KeywordKind = "schema" | "schemas" | "schemaMap" | "data";

/**
 * The keywords that a profile's schema may use. Left out on purpose: what refers to other
 * documents ($id, $anchor, $dynamicRef), what costs more than the payload is long (uniqueItems),
 * and the content keywords, which assert nothing.
 */
export const keywords: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ...(
    [
      "items",
      "contains",
      "additionalProperties",
      "propertyNames",
      "not",
      "if",
      "then",
      "else",
    ] as const
  ).map((name) => [name, "schema"] as const),
  ...(["unevaluatedProperties", "unevaluatedItems"] as const).map(
    (name) => [name, "schema"] as const,
  ),
  ...(["allOf", "anyOf", "oneOf", "prefixItems"] as const).map(
    (name) => [name, "schemas"] as const,
  ),
  ...(["properties", "patternProperties", "dependentSchemas", "$defs"] as const).map(
    (name) => [name, "schemaMap"] as const,
  ),
  ...(
    [
      "$schema",
      "$ref",
      "$comment",
      "title",
      "description",
      "default",
      "examples",
      "deprecated",
      "readOnly",
      "writeOnly",
      "unit",
      "category",
      "type",
      "enum",
      "const",
      "minimum",
      "maximum",
      "exclusiveMinimum",
      "exclusiveMaximum",
      "multipleOf",
      "minLength",
      "maxLength",
      "pattern",
      "format",
      "required",
      "dependentRequired",
      "minProperties",
      "maxProperties",
      "minItems",
      "maxItems",
      "minContains",
      "maxContains",
    ] as const
  ).map((name) => [name, "data"] as const),
]);

/** Formats that are checked. All are read in one pass over the text. */
export const formats = ["date-time", "date", "time", "uuid", "ipv4", "ipv6"] as const;
