import { RE2JS } from "re2js";
import { dataCategories, isDataCategory } from "#server/domain/data-category.ts";
import { formats, keywords } from "#server/schema/schema-vocabulary.ts";

/** A profile's schema cannot be used; `path` is a JSON pointer into it. */
export class SchemaUnusable extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

const longestSchema = 262_144;
const deepest = 16;
/** Schemas visited with every $ref followed: bounds the work that one message can cost. */
const mostSchemas = 2_000;
const longestPattern = 200;
const forbiddenNames = new Set(["__proto__", "constructor", "prototype"]);
const dialect = "https://json-schema.org/draft/2020-12/schema";

/** Visits of one inspection; grows through every reference. */
type Walk = { readonly root: JsonObject; visits: number };
type Place = { readonly path: string; readonly depth: number };

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pointer(path: string, step: string | number): string {
  return `${path}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function checkPattern(text: unknown, path: string): void {
  if (typeof text !== "string" || text.length > longestPattern) {
    throw new SchemaUnusable(path, `A pattern is a text of at most ${longestPattern} characters.`);
  }
  try {
    RE2JS.compile(RE2JS.translateRegExp(text));
  } catch {
    throw new SchemaUnusable(
      path,
      "The pattern cannot be used. Look-around and back-references are not available.",
    );
  }
}

function checkFormat(value: unknown, path: string): void {
  if (formats.some((format) => format === value)) return;
  throw new SchemaUnusable(path, `Only these formats are checked: ${formats.join(", ")}.`);
}

function checkData(name: string, value: unknown, path: string): void {
  if (name === "pattern") checkPattern(value, path);
  if (name === "format") checkFormat(value, path);
  if (name === "$schema" && value !== dialect && value !== `${dialect}#`) {
    throw new SchemaUnusable(path, `Only JSON Schema 2020-12 is understood: ${dialect}`);
  }
  if (name === "unit" && (typeof value !== "string" || value.length > 32)) {
    throw new SchemaUnusable(path, "A unit is a text of at most 32 characters.");
  }
  checkAnnotation(name, value, path);
}

function checkAnnotation(name: string, value: unknown, path: string): void {
  if (name === "category" && !isDataCategory(value)) {
    throw new SchemaUnusable(path, `A category is one of: ${dataCategories.join(", ")}.`);
  }
  if (name === "deprecated" && typeof value !== "boolean") {
    throw new SchemaUnusable(path, "“deprecated” is true or false.");
  }
  if (name === "description" && typeof value !== "string") {
    throw new SchemaUnusable(path, "A description is a text.");
  }
}

/** Follows `#/$defs/name`; nothing else can be referred to. */
function followReference(walk: Walk, reference: unknown, place: Place): void {
  const name = typeof reference === "string" ? /^#\/\$defs\/([^/~%]+)$/.exec(reference)?.[1] : "";
  const definitions = walk.root["$defs"];
  if (name === undefined || !isObject(definitions) || !Object.hasOwn(definitions, name)) {
    throw new SchemaUnusable(
      place.path,
      "A $ref can only name a definition of this schema: #/$defs/name.",
    );
  }
  visit(walk, definitions[name], { ...place, depth: place.depth + 1 });
}

function visitMap(walk: Walk, map: unknown, at: Place & { readonly name: string }): void {
  if (!isObject(map)) throw new SchemaUnusable(at.path, `“${at.name}” must be an object.`);
  for (const [key, schema] of Object.entries(map)) {
    const path = pointer(at.path, key);
    if (forbiddenNames.has(key)) throw new SchemaUnusable(path, "This name is not allowed.");
    if (at.name === "patternProperties") checkPattern(key, path);
    visit(walk, schema, { path, depth: at.depth + 1 });
  }
}

function visitKeyword(walk: Walk, at: Place & { readonly name: string }, value: unknown): void {
  const kind = keywords.get(at.name);
  switch (kind) {
    case "schema":
      visit(walk, value, { ...at, depth: at.depth + 1 });
      return;
    case "schemas":
      if (!Array.isArray(value)) throw new SchemaUnusable(at.path, `“${at.name}” must be a list.`);
      for (const [index, schema] of value.entries()) {
        visit(walk, schema, { path: pointer(at.path, index), depth: at.depth + 1 });
      }
      return;
    case "schemaMap":
      visitMap(walk, value, at);
      return;
    case "data":
      if (at.name === "$ref") followReference(walk, value, at);
      else checkData(at.name, value, at.path);
      return;
    case undefined:
      throw new SchemaUnusable(at.path, `The keyword “${at.name}” is not available in profiles.`);
  }
}

function visit(walk: Walk, schema: unknown, place: Place): void {
  walk.visits += 1;
  if (walk.visits > mostSchemas || place.depth > deepest) {
    throw new SchemaUnusable(
      place.path,
      `The schema is too large: at most ${mostSchemas} parts and ${deepest} levels, references followed, and no definition may refer to itself.`,
    );
  }
  if (typeof schema === "boolean") return;
  if (!isObject(schema)) {
    throw new SchemaUnusable(place.path, "A schema must be an object, true or false.");
  }
  for (const [name, value] of Object.entries(schema)) {
    visitKeyword(walk, { name, path: pointer(place.path, name), depth: place.depth }, value);
  }
}

function plainCopy(schema: unknown): JsonObject {
  let text: string | undefined;
  try {
    text = JSON.stringify(schema);
  } catch (error) {
    throw Object.assign(new SchemaUnusable("", "The schema is not JSON."), { cause: error });
  }
  if (text === undefined) throw new SchemaUnusable("", "A schema must be a JSON object.");
  if (text.length > longestSchema) {
    throw new SchemaUnusable(
      "",
      `The schema has ${text.length} characters; the limit is ${longestSchema}.`,
    );
  }
  const copy: unknown = JSON.parse(text);
  if (!isObject(copy)) throw new SchemaUnusable("", "A schema must be a JSON object.");
  return copy;
}

/**
 * Checks that a schema uses only what is safe on hostile messages: a closed set of keywords,
 * bounded size with every reference followed, patterns that match in linear time.
 * @returns a plain copy without `$id`, ready to compile
 * @throws SchemaUnusable
 */
export function inspectSchema(schema: unknown): JsonObject {
  const { $id: _, ...root } = plainCopy(schema);
  if (root["type"] !== "object") {
    throw new SchemaUnusable("/type", 'A message is an object: the schema needs "type": "object".');
  }
  visit({ root, visits: 0 }, root, { path: "", depth: 0 });
  return root;
}
