import { isDataCategory, type DataCategory } from "#server/domain/data-category.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the form can say of a field's type; `other` is left to the source. */
export const fieldFormTypes = [
  "number",
  "integer",
  "boolean",
  "string",
  "time",
  "choice",
  "object",
  "array",
  "other",
] as const;
export type FieldFormType = (typeof fieldFormTypes)[number];

/** One property of a JSON Schema as the form shows it. Bounds are texts while they are typed. */
export type FieldForm = {
  readonly name: string;
  readonly type: FieldFormType;
  /** May be null. */
  readonly nullable: boolean;
  readonly required: boolean;
  readonly unit: string;
  readonly description: string;
  readonly category: DataCategory;
  readonly deprecated: boolean;
  readonly minimum: string;
  readonly maximum: string;
  /** Allowed texts of a `choice`. */
  readonly choices: readonly string[];
};

const written: Readonly<Record<FieldFormType, string>> = {
  number: "number",
  integer: "integer",
  boolean: "boolean",
  string: "string",
  time: "string",
  choice: "string",
  object: "object",
  array: "array",
  other: "",
};

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function propertiesOf(schema: JsonObject): JsonObject {
  const { properties } = schema;
  return isObject(properties) ? properties : {};
}

function requiredOf(schema: JsonObject): readonly string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

function choicesOf(property: JsonObject): readonly string[] | undefined {
  const allowed = property["enum"];
  if (!Array.isArray(allowed)) return undefined;
  const texts = allowed.filter((each) => typeof each === "string");
  return texts.length > 0 && allowed.every((each) => each === null || typeof each === "string")
    ? texts
    : undefined;
}

function typeOf(property: JsonObject, types: readonly unknown[]): FieldFormType {
  if (property["enum"] !== undefined) return choicesOf(property) === undefined ? "other" : "choice";
  const [only, ...more] = types.filter((type) => type !== "null");
  if (more.length > 0) return "other";
  if (only === "string" && property["format"] === "date-time") return "time";
  return fieldFormTypes.find((type) => type === only && written[type] === only) ?? "other";
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const numberTextOf = (value: unknown): string => (typeof value === "number" ? String(value) : "");

function readField(name: string, property: unknown, required: boolean): FieldForm {
  const schema = isObject(property) ? property : {};
  const types = [schema["type"]].flat();
  const { category } = schema;
  return {
    name,
    type: typeOf(schema, types),
    nullable: types.includes("null") || [schema["enum"]].flat().includes(null),
    required,
    unit: textOf(schema["unit"]),
    description: textOf(schema["description"]),
    category: isDataCategory(category) ? category : "telemetry",
    deprecated: schema["deprecated"] === true,
    minimum: numberTextOf(schema["minimum"]),
    maximum: numberTextOf(schema["maximum"]),
    choices: choicesOf(schema) ?? [],
  };
}

/** The schema's top-level properties, in its own order. */
export function readFields(schema: JsonObject): readonly FieldForm[] {
  const required = requiredOf(schema);
  return Object.entries(propertiesOf(schema)).map(([name, property]) =>
    readField(name, property, required.includes(name)),
  );
}

/** The object with the member, or without it where there is nothing to say. */
function having(object: JsonObject, name: string, value: unknown): JsonObject {
  if (value !== undefined) return { ...object, [name]: value };
  const { [name]: _, ...rest } = object;
  return rest;
}

function numberOf(typed: string): number | undefined {
  const number = Number(typed.trim());
  return typed.trim() === "" || !Number.isFinite(number) ? undefined : number;
}

/** Keywords that only make sense beside the type that a field had before. */
const tied = ["enum", "format", "minimum", "maximum", "items", "properties", "pattern"];

function withType(property: JsonObject, field: FieldForm): JsonObject {
  const { type, nullable, choices } = field;
  if (type === "other") return property;
  const changed = typeOf(property, [property["type"]].flat()) !== type;
  const kept = changed ? Object.fromEntries(keptOf(property, type)) : property;
  const name = written[type];
  const typed = { ...kept, type: nullable ? [name, "null"] : name };
  if (type === "time") return { ...typed, format: "date-time" };
  if (type !== "choice") return typed;
  // A list of nothing would take nothing, and could not be read back as a choice.
  const allowed = choices.length === 0 ? ["value"] : choices;
  return { ...typed, enum: nullable ? [...allowed, null] : allowed };
}

function keptOf(property: JsonObject, type: FieldFormType): readonly [string, unknown][] {
  const stays = type === "number" || type === "integer" ? ["minimum", "maximum"] : [];
  return Object.entries(property).filter(([name]) => !tied.includes(name) || stays.includes(name));
}

function writeField(property: unknown, field: FieldForm): JsonObject {
  const isNumber = field.type === "number" || field.type === "integer";
  let schema = withType(isObject(property) ? property : {}, field);
  if (isNumber) {
    schema = having(schema, "minimum", numberOf(field.minimum));
    schema = having(schema, "maximum", numberOf(field.maximum));
  }
  schema = having(schema, "unit", field.unit === "" ? undefined : field.unit);
  schema = having(schema, "description", field.description === "" ? undefined : field.description);
  const { category } = field;
  // What was written out stays written out.
  const says = category !== "telemetry" || schema["category"] !== undefined;
  schema = having(schema, "category", says ? category : undefined);
  return having(schema, "deprecated", field.deprecated ? true : undefined);
}

function withRequired(schema: JsonObject, required: readonly string[]): JsonObject {
  return having(schema, "required", required.length === 0 ? undefined : required);
}

/** The schema with one field changed; what the form does not know stays as it was written. */
export function changeField(
  schema: JsonObject,
  name: string,
  change: Partial<Omit<FieldForm, "name">>,
): JsonObject {
  const properties = propertiesOf(schema);
  const required = requiredOf(schema);
  const before = readField(name, properties[name], required.includes(name));
  const field = { ...before, ...change };
  const changed = {
    ...schema,
    properties: { ...properties, [name]: writeField(properties[name], field) },
  };
  if (field.required === before.required) return changed;
  return withRequired(
    changed,
    field.required ? [...required, name] : required.filter((each) => each !== name),
  );
}

/** The schema with a field under another name, at the same place. */
export function renameField(schema: JsonObject, from: string, to: string): JsonObject {
  const renamed = (name: string) => (name === from ? to : name);
  const properties = Object.fromEntries(
    Object.entries(propertiesOf(schema)).map(([name, property]) => [renamed(name), property]),
  );
  return withRequired({ ...schema, properties }, requiredOf(schema).map(renamed));
}

export function removeField(schema: JsonObject, name: string): JsonObject {
  return withRequired(
    { ...schema, properties: having(propertiesOf(schema), name, undefined) },
    requiredOf(schema).filter((each) => each !== name),
  );
}

/** A name that no field has yet. */
export function freeFieldName(fields: readonly FieldForm[], wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}_${number}`;
    if (fields.every((field) => field.name !== name)) return name;
  }
}

/** The schema with one more number at its end. */
export function addField(schema: JsonObject, name: string): JsonObject {
  return {
    type: "object",
    ...schema,
    properties: { ...propertiesOf(schema), [name]: { type: "number" } },
  };
}

/** Whether fields that the schema does not name are let through. */
export function takesUnknown(schema: JsonObject): boolean {
  return schema["additionalProperties"] !== false;
}

export function withUnknown(schema: JsonObject, taken: boolean): JsonObject {
  return having(schema, "additionalProperties", taken ? undefined : false);
}

export function sourceText(schema: JsonObject): string {
  return JSON.stringify(schema, null, 2);
}
