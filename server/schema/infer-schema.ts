import type { DataCategory } from "#server/domain/data-category.ts";
import { fieldNameProblem, isForbiddenName } from "#server/domain/field-name.ts";
import { guessCategory, guessUnit } from "#server/schema/guess-field.ts";
import { inspectSchema, SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { isObject } from "#server/schema/is-object.ts";

/** A reading's values as they came. */
export type ValuesSample = {
  readonly values: Readonly<Record<string, unknown>>;
  readonly deviceId?: string;
  readonly firmware?: string | null;
};

/** What the samples say of a field: what a person looks at before believing the proposal. */
export type FieldEvidence = {
  readonly field: string;
  /** In how many samples it is, of how many. */
  readonly seen: number;
  readonly of: number;
  /** JSON types with counts: "number 40, text 2". */
  readonly types: string;
  /** Of numbers. */
  readonly least: number | null;
  readonly most: number | null;
  readonly example: string;
  /** Firmware versions that send it; empty where none is known. */
  readonly firmware: readonly string[];
};

export type InferredSchema = {
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly evidence: readonly FieldEvidence[];
};

/** Fewer samples than this say nothing of what is always there. */
const enoughSamples = 20;
const mostEnumValues = 8;
const mostFields = 256;
const deepest = 6;

/**
 * A draft of a JSON Schema from what devices really sent. Bounds are left to people: what was seen
 * is not what is allowed.
 */
export function inferSchema(samples: readonly ValuesSample[]): InferredSchema {
  const fields = gatherFields(samples)
    .toSorted((a, b) => b.values.length - a.values.length)
    .slice(0, mostFields);
  const required =
    samples.length < enoughSamples
      ? []
      : fields.filter(({ values }) => values.length === samples.length).map(({ name }) => name);
  return {
    jsonSchema: { ...describe(fields), ...(required.length > 0 && { required }) },
    evidence: fields.map((field) => evidenceOf(field, samples.length)),
  };
}

type SeenField = {
  readonly name: string;
  readonly values: unknown[];
  readonly firmware: Set<string>;
};

function gatherFields(samples: readonly ValuesSample[]): readonly SeenField[] {
  const seen = new Map<string, SeenField>();
  for (const { values, firmware } of samples) {
    for (const [name, value] of Object.entries(values)) {
      // A schema cannot name what no field may be called.
      if (fieldNameProblem(name) !== undefined) continue;
      const field = seen.get(name) ?? { name, values: [], firmware: new Set() };
      field.values.push(value);
      if (typeof firmware === "string") field.firmware.add(firmware);
      seen.set(name, field);
    }
  }
  return [...seen.values()];
}

/** What is nested is described as well, unless that would make more of a schema than can be used. */
function describe(fields: readonly SeenField[]): Schema {
  const [whole, flat] = [0, deepest].map((depth) => ({
    type: "object",
    properties: Object.fromEntries(
      fields.map(({ name, values }) => [name, annotated(name, schemaOf(values, depth))]),
    ),
  }));
  return whole !== undefined && isUsable(whole) ? whole : { ...flat };
}

function isUsable(schema: Schema): boolean {
  try {
    inspectSchema(schema);
    return true;
  } catch (error) {
    if (!(error instanceof SchemaUnusable)) throw error;
    return false;
  }
}

type Schema = Readonly<Record<string, unknown>>;

/** Unit and category where the name gives them away; both are guesses for a person to confirm. */
function annotated(name: string, schema: Schema): Schema {
  const types = [schema["type"]].flat();
  const isNumeric = types.includes("number") || types.includes("integer");
  const unit = isNumeric ? guessUnit(name) : undefined;
  const category: DataCategory | undefined = guessCategory(name);
  return {
    ...schema,
    // What is measured has fractions, though none was seen yet.
    ...(unit !== undefined && { type: withFractions(schema["type"]) }),
    ...(unit !== undefined && { unit }),
    ...(category !== undefined && { category }),
  };
}

function withFractions(type: unknown): unknown {
  const types = [type].flat().map((name) => (name === "integer" ? "number" : name));
  return types.length === 1 ? types[0] : types;
}

type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" ? "string" : "object";
}

/** The types of the values, most general first: whole numbers are numbers where others have fractions. */
function typesOf(values: readonly unknown[]): readonly JsonType[] {
  const types = new Set(values.map(typeOf));
  if (types.has("number")) types.delete("integer");
  const order: readonly JsonType[] = [
    ...(["number", "integer", "boolean", "string", "object", "array"] as const),
    "null",
  ];
  return order.filter((type) => types.has(type));
}

function schemaOf(values: readonly unknown[], depth: number): Schema {
  const types = typesOf(values);
  const solid = types.filter((type) => type !== "null");
  if (solid.length === 0) return {};
  const [only] = solid;
  const type = types.length === 1 ? types[0] : types;
  if (solid.length > 1 || only === undefined) return { type };
  return { type, ...detailsOf(only, values, { isNullable: types.length > 1, depth }) };
}

function detailsOf(
  type: JsonType,
  values: readonly unknown[],
  { isNullable, depth }: { readonly isNullable: boolean; readonly depth: number },
): Schema {
  switch (type) {
    case "string":
      return textDetails(
        values.filter((value) => typeof value === "string"),
        isNullable,
      );
    case "object":
      return depth >= deepest ? {} : objectDetails(values.filter(isObject), depth);
    case "array":
      return depth >= deepest ? {} : arrayDetails(values, depth);
    case "null":
    case "boolean":
    case "integer":
    case "number":
      return {};
  }
}

const dateTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function textDetails(texts: readonly string[], isNullable: boolean): Schema {
  if (texts.every((text) => dateTime.test(text))) return { format: "date-time" };
  if (texts.every((text) => uuid.test(text))) return { format: "uuid" };
  const distinct = new Set(texts);
  // Each word was said several times: they are a choice, not free text.
  const isChoice =
    texts.length >= enoughSamples &&
    distinct.size <= mostEnumValues &&
    texts.length / distinct.size >= 5;
  if (!isChoice) return {};
  return { enum: [...[...distinct].toSorted(), ...(isNullable ? [null] : [])] };
}

function objectDetails(objects: readonly Schema[], depth: number): Schema {
  const names = new Set(objects.flatMap((object) => Object.keys(object)));
  const known = [...names].filter((name) => !isForbiddenName(name)).slice(0, mostFields);
  const valuesOf = (name: string): unknown[] =>
    objects.filter((object) => Object.hasOwn(object, name)).map((object) => object[name]);
  const required = known.filter((name) => valuesOf(name).length === objects.length);
  return {
    properties: Object.fromEntries(
      known.map((name) => [name, annotated(name, schemaOf(valuesOf(name), depth + 1))]),
    ),
    ...(objects.length >= enoughSamples && required.length > 0 && { required }),
  };
}

function arrayDetails(values: readonly unknown[], depth: number): Schema {
  const items = values.filter(Array.isArray).flat().slice(0, 1000);
  return items.length === 0 ? {} : { items: schemaOf(items, depth + 1) };
}

const longestExample = 60;

function evidenceOf({ name, values, firmware }: SeenField, of: number): FieldEvidence {
  const counts = new Map<string, number>();
  for (const value of values) {
    const type = typeOf(value);
    const word = type === "integer" ? "number" : type === "string" ? "text" : type;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const numbers = values.filter((value) => typeof value === "number");
  const shown = JSON.stringify(values.find((value) => value !== null) ?? null);
  return {
    field: name,
    seen: values.length,
    of,
    types: [...counts].map(([type, count]) => `${type} ${count}`).join(", "),
    least: numbers.length === 0 ? null : numbers.reduce((a, b) => Math.min(a, b)),
    most: numbers.length === 0 ? null : numbers.reduce((a, b) => Math.max(a, b)),
    example: shown.length > longestExample ? `${shown.slice(0, longestExample)}…` : shown,
    firmware: [...firmware].toSorted(),
  };
}
