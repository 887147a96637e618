import { fieldNameProblem, isForbiddenName } from "#server/domain/field-name.ts";
import type { BoundSchema, FieldType } from "#server/pipeline/profile.ts";
import { quoteName, type JsonObject } from "#server/pipeline/readings.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";

/** A field that the profile does not know yet. */
export type NewField = { readonly name: string; readonly type: FieldType };

/** A reading's values by position of its schema version. */
export type Placed = {
  /** NaN where the message has no value. */
  readonly cells: readonly number[];
  /** JSON text of what has no place among numbers; undefined when there is nothing. */
  readonly extra: string | undefined;
  /** Fields that need a position first; `cells` lacks them. */
  readonly unknown: readonly NewField[] | undefined;
};

export const maxTextBytes = 1024;

const structureRefused =
  "is an object or an array; this profile takes numbers, booleans and text only. Flatten it, or give the device a profile with a schema.";

type Placing = { cells: number[]; extra: string; unknown: NewField[] | undefined; count: number };

/** Puts each value in its place: numbers and booleans (1, 0) into cells, the rest into extra. */
export function transform(values: JsonObject, schema: BoundSchema): Stage<Placed> {
  const placing: Placing = { cells: [], extra: "", unknown: undefined, count: 0 };
  for (const name in values) {
    const problem = placeValue(placing, schema, name, values[name]);
    if (problem !== undefined) return problem;
  }
  if (placing.count === 0) {
    return refuse(
      "empty",
      'The message has no values. Send an object such as {"temperature":21.5}.',
    );
  }
  return pass({
    cells: placing.cells,
    extra: placing.extra === "" ? undefined : `{${placing.extra}}`,
    unknown: placing.unknown,
  });
}

function placeValue(
  placing: Placing,
  schema: BoundSchema,
  name: string,
  value: unknown,
): Refusal | undefined {
  // A null says that there is no value, as leaving it out does.
  if (value === null) return undefined;
  const field = schema.fields.get(name);
  const isKnown = field !== undefined;
  const problem =
    (isKnown ? undefined : fieldNameProblem(name)) ?? valueProblem(value, schema.open);
  if (problem !== undefined)
    return refuse("unsupported-value", `The field ${quoteName(name)} ${problem}`);

  placing.count += 1;
  const type = fieldTypeOf(value);
  const isNumeric = type === "number" || type === "boolean";
  if (isKnown && isNumeric) setCell(placing.cells, field.position, Number(value));
  else if (!isNumeric || !schema.open) addExtra(placing, name, value);
  if (!isKnown && schema.open) addUnknown(placing, name, type);
  return undefined;
}

function addUnknown(placing: Placing, name: string, type: FieldType | undefined): void {
  if (type !== undefined) (placing.unknown ??= []).push({ name, type });
}

/** Undefined for objects and arrays, which are no fields. */
function fieldTypeOf(value: unknown): FieldType | undefined {
  const type = typeof value;
  return type === "number" || type === "boolean" || type === "string" ? type : undefined;
}

function valueProblem(value: unknown, isOpen: boolean): string | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) ? undefined : "is too large for a number.";
  }
  if (typeof value === "boolean") return undefined;
  if (typeof value === "string") return textProblem(value);
  return isOpen ? structureRefused : structureProblem(value);
}

function setCell(cells: number[], position: number, value: number): void {
  while (cells.length < position) cells.push(Number.NaN);
  cells[position] = value;
}

function addExtra(placing: Placing, name: string, value: unknown): void {
  const separator = placing.extra === "" ? "" : ",";
  placing.extra += `${separator}${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

function textProblem(text: string): string | undefined {
  if (text.length > maxTextBytes || Buffer.byteLength(text) > maxTextBytes) {
    return `has text of more than ${maxTextBytes} bytes.`;
  }
  if (!text.isWellFormed() || text.includes("\0")) return "has text that cannot be stored.";
  return undefined;
}

/** Recursion is bounded by the depth that the decoder lets through. */
function structureProblem(value: unknown): string | undefined {
  if (typeof value !== "object") return valueProblem(value, false);
  if (value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (isForbiddenName(key)) return `holds the member ${key}, which is not allowed.`;
    const problem = textProblem(key) ?? structureProblem(inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
