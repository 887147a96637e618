"use client";
import { useId, useState } from "react";
import { protoMessageTypes } from "#components/schema/proto-types.ts";
import { SourceArea } from "#components/schema/source-area.tsx";
import { editorText, newSchemaText } from "#components/strings/schema.ts";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input, useFieldControl } from "#components/ui/input.tsx";
import type { ProtobufSource } from "#server/domain/schema-definition.ts";

/** As base64 it is then as long as a definition may be. */
const largestFile = 384 * 1024;

/** What a chosen file holds: the text of a .proto, or else a descriptor set. */
async function readProtoFile(file: File): Promise<Pick<ProtobufSource, "kind" | "source">> {
  if (file.name.endsWith(".proto")) return { kind: "proto", source: await file.text() };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { kind: "descriptorSet", source: btoa(text) };
}

/** Where a Protobuf schema comes from, and which of its messages devices send. */
export function ProtobufFields({
  value,
  readOnly,
  errorOf,
  onChange,
}: {
  readonly value: ProtobufSource | null;
  readonly readOnly: boolean;
  readonly errorOf?: (part: "source" | "messageType") => string | undefined;
  readonly onChange: (value: ProtobufSource) => void;
}) {
  const current = value ?? { kind: "proto" as const, source: "", messageType: "" };
  const types = current.kind === "proto" ? protoMessageTypes(current.source) : [];
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-ink-3">{editorText.protobufHint}</p>
      {!readOnly && (
        <ProtoFile
          onRead={(read) => {
            const [first = ""] = read.kind === "proto" ? protoMessageTypes(read.source) : [];
            onChange({ ...read, messageType: first });
          }}
        />
      )}
      {current.kind === "proto" ? (
        <SourceArea
          label={newSchemaText.source}
          value={current.source}
          readOnly={readOnly}
          className="h-64"
          onChange={(source) => onChange({ ...current, source })}
        />
      ) : (
        <p className="text-ink-2">{editorText.protobufSet}</p>
      )}
      <MessageType
        value={current.messageType}
        types={types}
        readOnly={readOnly}
        error={errorOf?.("messageType") ?? errorOf?.("source")}
        onChange={(messageType) => onChange({ ...current, messageType })}
      />
    </div>
  );
}

function ProtoFile({
  onRead,
}: {
  readonly onRead: (read: Pick<ProtobufSource, "kind" | "source">) => void;
}) {
  const [tooLarge, setTooLarge] = useState(false);
  async function read(file: File | undefined) {
    if (file === undefined) return;
    setTooLarge(file.size > largestFile);
    if (file.size <= largestFile) onRead(await readProtoFile(file));
  }
  return (
    <div className="flex flex-col gap-2">
      <Field label={newSchemaText.file}>
        <FileInput onFile={(file) => void read(file)} />
      </Field>
      {tooLarge && <ErrorNote>{newSchemaText.fileTooLarge}</ErrorNote>}
    </div>
  );
}

function MessageType({
  value,
  types,
  readOnly,
  error,
  onChange,
}: {
  readonly value: string;
  /** Those that the source declares. */
  readonly types: readonly string[];
  readonly readOnly: boolean;
  readonly error: string | undefined;
  readonly onChange: (type: string) => void;
}) {
  const listId = useId();
  return (
    <Field label={newSchemaText.messageType} hint={newSchemaText.messageTypeHint} error={error}>
      <Input
        mono
        value={value}
        maxLength={256}
        list={listId}
        readOnly={readOnly}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={listId}>
        {types.map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </datalist>
    </Field>
  );
}

function FileInput({ onFile }: { readonly onFile: (file: File | undefined) => void }) {
  return (
    <input
      {...useFieldControl({})}
      type="file"
      accept=".proto,.pb,.bin,.desc,.protoset,.fds"
      className="max-w-full text-sm text-ink file:mr-2 file:h-7 file:rounded file:border file:border-solid file:border-line-strong file:bg-surface file:px-2.5 file:text-ink"
      onChange={(event) => onFile(event.currentTarget.files?.[0])}
    />
  );
}
