import { draftStep, readSteps, type StepDraft } from "#components/dead-letter/steps.ts";
import { isObject, sourceText, type JsonObject } from "#components/schema/field-form.ts";
import { readJsonText, type JsonText } from "#components/schema/json-positions.ts";
import type {
  ProtobufSource,
  SchemaDefinition,
  SchemaExample,
  SchemaFormat,
} from "#server/domain/schema-definition.ts";
import type { TransformStep } from "#server/domain/transform-steps.ts";

/** A part of a list being edited; `key` tells the parts apart while they change and move. */
export type Keyed<T> = { readonly key: number; readonly part: T };

/** A definition as the editor holds it: the JSON Schema is the text that is being typed. */
export type EditorDraft = {
  readonly format: SchemaFormat;
  readonly jsonText: string;
  readonly protobuf: ProtobufSource | null;
  readonly processing: readonly StepDraft[];
  readonly dropWhen: string;
  readonly examples: readonly Keyed<SchemaExample>[];
};

let nextKey = 0;

export function keyed<T>(part: T): Keyed<T> {
  nextKey += 1;
  return { key: nextKey, part };
}

export function draftOf(definition: SchemaDefinition): EditorDraft {
  const { format, jsonSchema, protobuf, processing, dropWhen, examples } = definition;
  return {
    format,
    jsonText: jsonSchema === null ? "" : sourceText(jsonSchema),
    protobuf,
    processing: processing.map(stepDraftOf),
    dropWhen,
    examples: examples.map(keyed),
  };
}

function stepDraftOf(step: TransformStep): StepDraft {
  const { op, ...parts } = step;
  const texts = Object.entries(parts).map(([part, value]) => [
    part,
    part === "value" ? plainText(value) : String(value),
  ]);
  return draftStep(op, Object.fromEntries(texts));
}

/** A value as one types it where numbers, true, false and null need no quotes. */
function plainText(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return readJsonText(value).ok ? JSON.stringify(value) : value;
}

export type DraftReading =
  | {
      readonly ok: true;
      readonly definition: SchemaDefinition;
      /** What steps lack that are not whole yet, by their keys; they are left out. */
      readonly unfinished: ReadonlyMap<string, string>;
      /** Null where the schema has no JSON Schema. */
      readonly source: Extract<JsonText, { ok: true }> | null;
    }
  | { readonly ok: false; readonly mistake: Extract<JsonText, { ok: false }> };

/** The definition that the editor holds, or where its text is no JSON object. */
export function readDraft(draft: EditorDraft): DraftReading {
  const { jsonText, processing, examples, ...rest } = draft;
  const { steps, problems: unfinished } = readSteps(processing);
  const parts = {
    ...rest,
    processing: [...steps],
    examples: examples.map(({ part }) => part),
  };
  if (jsonText.trim() === "" && draft.format !== "json") {
    return { ok: true, definition: { ...parts, jsonSchema: null }, source: null, unfinished };
  }
  const source = readJsonText(jsonText);
  if (!source.ok) return { ok: false, mistake: source };
  if (!isObject(source.value)) {
    return { ok: false, mistake: { ok: false, offset: 0, problem: "object" } };
  }
  return { ok: true, definition: { ...parts, jsonSchema: source.value }, source, unfinished };
}

/** The JSON Schema of a draft; undefined while its text is none. */
export function schemaOf(reading: DraftReading): JsonObject | undefined {
  return reading.ok ? (reading.definition.jsonSchema ?? {}) : undefined;
}

/** What a new schema starts from. */
export function emptyDefinition(format: SchemaFormat): SchemaDefinition {
  return {
    format,
    jsonSchema: format === "json" ? { type: "object", properties: {} } : null,
    protobuf: null,
    processing: [],
    dropWhen: "",
    examples: [],
  };
}
