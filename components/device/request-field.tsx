"use client";
import { useState } from "react";
import { longestRequest, readRequestFile } from "#components/device/request-file.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { Field, Input, Textarea } from "#components/ui/input.tsx";

/** A certificate signing request: pasted, or read from a file here in the browser. */
export function RequestField({
  deviceId,
  value,
  onChange,
  error,
}: {
  readonly deviceId: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What the server said of it. */
  readonly error: string | undefined;
}) {
  const [fileProblem, setFileProblem] = useState<string>();
  async function read(file: File | undefined) {
    if (file === undefined) return;
    // One byte more than is taken shows that it is too long, without reading gigabytes.
    const bytes = await file.slice(0, longestRequest + 1).arrayBuffer();
    const { text, problem } = readRequestFile(new Uint8Array(bytes));
    setFileProblem(problem);
    if (text !== undefined) onChange(text);
  }
  return (
    <div className="flex flex-col gap-3">
      <Field
        label={credentialText.request}
        hint={credentialText.requestHint(deviceId)}
        error={error}
        required
      >
        <Textarea
          mono
          rows={8}
          maxLength={longestRequest}
          spellCheck={false}
          autoComplete="off"
          placeholder="-----BEGIN CERTIFICATE REQUEST-----"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      <Field label={credentialText.requestFile} error={fileProblem}>
        <Input
          type="file"
          accept=".csr,.pem,.req,.txt,.der,.p10"
          className="h-auto! py-1.5"
          onChange={(event) => void read(event.target.files?.[0])}
        />
      </Field>
    </div>
  );
}
