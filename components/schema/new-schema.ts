import { emptyDefinition } from "#components/schema/editor-draft.ts";
import { isObject } from "#components/schema/field-form.ts";
import { placeAt, readJsonText } from "#components/schema/json-positions.ts";
import { editorText, jsonProblems, newSchemaText } from "#components/strings/schema.ts";
import type {
  ProtobufSource,
  SchemaDefinition,
  SchemaFormat,
} from "#server/domain/schema-definition.ts";

export type StartKind = "empty" | "infer" | "paste" | "proto";

/** What a new schema is made of, as the dialog holds it. */
export type Start = {
  readonly kind: StartKind;
  readonly format: SchemaFormat;
  readonly pasted: string;
  readonly protobuf: ProtobufSource | null;
  /** What traffic proposes, once it was looked at. */
  readonly inferred: SchemaDefinition | undefined;
};

/** Ways to begin with this format, the usual one first. */
export function startsOf(format: SchemaFormat): readonly StartKind[] {
  if (format === "protobuf") return ["proto"];
  return format === "json" ? ["empty", "infer", "paste"] : ["empty", "paste"];
}

type Begun =
  | { readonly ok: true; readonly definition: SchemaDefinition }
  | { readonly ok: false; readonly missing: string };

/** The first draft, or in words what it still lacks. */
export function definitionOfStart({ kind, format, pasted, protobuf, inferred }: Start): Begun {
  const empty = emptyDefinition(format);
  switch (kind) {
    case "empty":
      return { ok: true, definition: empty };
    case "infer":
      return inferred === undefined
        ? { ok: false, missing: newSchemaText.inferFirst }
        : { ok: true, definition: inferred };
    case "paste":
      return pastedDefinition(empty, pasted);
    case "proto":
      return protobuf === null || protobuf.source === "" || protobuf.messageType === ""
        ? { ok: false, missing: newSchemaText.protoMissing }
        : { ok: true, definition: { ...empty, protobuf } };
  }
}

function pastedDefinition(empty: SchemaDefinition, pasted: string): Begun {
  const read = readJsonText(pasted);
  if (!read.ok) {
    const { line, column } = placeAt(pasted, read.offset);
    return { ok: false, missing: editorText.brokenAt(line, column, jsonProblems[read.problem]) };
  }
  if (!isObject(read.value)) return { ok: false, missing: `${jsonProblems.object}.` };
  return { ok: true, definition: { ...empty, jsonSchema: read.value } };
}
