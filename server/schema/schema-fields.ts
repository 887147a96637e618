import { isDataCategory, type DataCategory } from "#server/domain/data-category.ts";
import { fieldNameProblem } from "#server/domain/field-name.ts";
import type { TransformStep } from "#server/domain/transform-steps.ts";
import type { FieldType } from "#server/pipeline/profile.ts";
import { expressionType } from "#server/schema/expression-type.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { isObject } from "#server/schema/is-object.ts";

/** What a schema says of a top-level property that is a number, a boolean or text. */
export type FieldDraft = {
  readonly name: string;
  readonly type: FieldType;
  /** UCUM; null where it has none. */
  readonly unit: string | null;
  readonly description: string;
  readonly category: DataCategory;
  readonly deprecated: boolean;
};

/** A field with its place in a telemetry row; text has a place, too, and leaves it empty. */
export type SchemaFieldDraft = FieldDraft & { readonly position: number };

const mostFields = 256;

/** A type with or without null: a field that may be absent is still a number. */
function storedType(type: unknown): FieldType | undefined {
  const types = (Array.isArray(type) ? type : [type]).filter((name) => name !== "null");
  if (types.length === 0) return undefined;
  if (types.every((name) => name === "number" || name === "integer")) return "number";
  if (types.length > 1) return undefined;
  return types[0] === "boolean" || types[0] === "string" ? types[0] : undefined;
}

/** The type that all of the allowed values have. */
function typeOfValues(values: unknown): FieldType | undefined {
  if (!Array.isArray(values)) return undefined;
  const types = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  const [only] = types;
  if (types.size !== 1) return undefined;
  return only === "number" || only === "boolean" || only === "string" ? only : undefined;
}

/** A property's own schema, or the definition that it refers to. inspectSchema refused circles. */
function resolve(root: object, property: unknown): object | undefined {
  if (!isObject(property)) return undefined;
  const reference = property["$ref"];
  if (typeof reference !== "string") return property;
  const definitions: unknown = Reflect.get(root, "$defs");
  if (!isObject(definitions)) return undefined;
  return resolve(root, definitions[reference.slice("#/$defs/".length)]);
}

function typeOf(schema: object): FieldType | undefined {
  const type: unknown = Reflect.get(schema, "type");
  if (type !== undefined) return storedType(type);
  if (!Object.hasOwn(schema, "const")) return typeOfValues(Reflect.get(schema, "enum"));
  return typeOfValues([Reflect.get(schema, "const")]);
}

function fieldOf(root: object, name: string, property: unknown): FieldDraft | undefined {
  const schema = resolve(root, property);
  const type = schema === undefined ? undefined : typeOf(schema);
  if (schema === undefined || type === undefined || !isObject(property)) return undefined;
  // What is written beside a reference says more than what it refers to.
  const said = (keyword: string): unknown => property[keyword] ?? Reflect.get(schema, keyword);
  const unit = said("unit");
  const description = said("description");
  const category = said("category");
  return {
    name,
    type,
    unit: typeof unit === "string" ? unit : null,
    description: typeof description === "string" ? description : "",
    category: isDataCategory(category) ? category : "telemetry",
    deprecated: said("deprecated") === true,
  };
}

/**
 * The fields of a schema, in its own order, as the messages have them.
 * @throws SchemaUnusable for names that no device can send
 */
function declaredFields(jsonSchema: object): readonly FieldDraft[] {
  const properties: unknown = Reflect.get(jsonSchema, "properties");
  if (!isObject(properties)) return [];
  const fields: FieldDraft[] = [];
  for (const [name, property] of Object.entries(properties)) {
    const problem = fieldNameProblem(name);
    if (problem !== undefined) {
      throw new SchemaUnusable(`/properties/${name.slice(0, 64)}`, `This field ${problem}.`);
    }
    const field = fieldOf(jsonSchema, name, property);
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

/**
 * Gives fields their places: numbers and booleans first, text after all of them.
 * @throws SchemaUnusable for too many numbers
 */
function placeFields(fields: readonly FieldDraft[]): readonly SchemaFieldDraft[] {
  const numeric = fields.filter(({ type }) => type !== "string");
  const texts = fields.filter(({ type }) => type === "string");
  if (numeric.length > mostFields) {
    throw new SchemaUnusable("/properties", `At most ${mostFields} numeric fields have a place.`);
  }
  return [...numeric, ...texts].map((field, position) => ({ position, ...field }));
}

/**
 * The fields of a schema as they are stored. Objects and arrays are no fields; they are kept with
 * the message as they are.
 * @throws SchemaUnusable for names that no device can send, and too many fields
 */
export function schemaFields(jsonSchema: object): readonly SchemaFieldDraft[] {
  return placeFields(declaredFields(jsonSchema));
}

/**
 * The fields as they are stored after a version's processing: renamed, removed, computed, in their
 * new units.
 * @param jsonSchema null where nothing is known of the values: then what the steps make is all
 * @throws SchemaUnusable as {@link schemaFields}, and for an expression that cannot be read
 */
export function processedFields(
  jsonSchema: object | null,
  steps: readonly TransformStep[],
): readonly SchemaFieldDraft[] {
  const declared = jsonSchema === null ? [] : declaredFields(jsonSchema);
  const fields = new Map(declared.map((field) => [field.name, field]));
  for (const step of steps) processField(fields, step);
  return placeFields([...fields.values()]);
}

function processField(fields: Map<string, FieldDraft>, step: TransformStep): void {
  if (step.op === "rename") {
    renameField(fields, step.from, step.to);
    return;
  }
  const field = fieldAfter(step, fields.get(step.field));
  if (field === undefined) fields.delete(step.field);
  else fields.set(step.field, field);
}

/** What a step makes of its field; undefined where there is none afterwards. */
function fieldAfter(
  step: Exclude<TransformStep, { op: "rename" }>,
  known: FieldDraft | undefined,
): FieldDraft | undefined {
  const field = known ?? newField(step.field);
  switch (step.op) {
    case "remove":
      return undefined;
    case "set":
      return valued(field, step.value);
    case "default":
      return known ?? valued(field, step.value);
    case "convert":
      return changed(known, { type: "number", unit: step.to });
    case "cast":
      return changed(known, { type: step.to });
    case "compute":
      return { ...field, type: expressionType(step.expression), unit: step.unit ?? null };
    case "enrich":
      // Attributes are whatever people write; one that is a number is stored as one all the same.
      return known ?? { ...field, type: "string" };
  }
}

function changed(
  known: FieldDraft | undefined,
  change: Partial<FieldDraft>,
): FieldDraft | undefined {
  return known === undefined ? undefined : { ...known, ...change };
}

/** Null says that there is no value. */
function valued(
  field: FieldDraft,
  value: string | number | boolean | null,
): FieldDraft | undefined {
  return value === null ? undefined : { ...field, type: typeOfValue(value), unit: null };
}

/** The new name takes the old one's place, so that the order stays. */
function renameField(fields: Map<string, FieldDraft>, from: string, to: string): void {
  const field = fields.get(from);
  if (field === undefined || from === to) return;
  const others = [...fields].filter(([name]) => name !== to);
  fields.clear();
  for (const [name, each] of others) {
    if (name === from) fields.set(to, { ...field, name: to });
    else fields.set(name, each);
  }
}

function newField(name: string): FieldDraft {
  return {
    name,
    type: "number",
    unit: null,
    description: "",
    category: "telemetry",
    deprecated: false,
  };
}

function typeOfValue(value: string | number | boolean): FieldType {
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "string";
}
