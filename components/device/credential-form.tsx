"use client";
import { useState, useTransition } from "react";
import { issueForRequest, issueKeyAndCertificate } from "#app/(console)/devices/actions.ts";
import type { FreshCredential } from "#components/device/credential.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import type { Failure } from "#server/web/failure.ts";

export type CredentialWay = "key" | "request";

/** Chooses how the device gets its certificate, and issues it. */
export function CredentialForm({
  deviceId,
  onIssued,
}: {
  readonly deviceId: string;
  readonly onIssued: (credential: FreshCredential) => void;
}) {
  const [way, setWay] = useState<CredentialWay>("key");
  const [csrPem, setCsrPem] = useState("");
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();

  function submit() {
    setFailure(undefined);
    start(async () => {
      const result = await issue(deviceId, way === "key" ? null : csrPem);
      if (result.ok) onIssued(result.value);
      else setFailure(result.error);
    });
  }

  const csrProblem = failure?.fields.find((field) => field.path === "csrPem")?.message;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) submit();
      }}
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-medium">{credentialText.how}</legend>
        <Way way="key" chosen={way} onChoose={setWay} />
        <Way way="request" chosen={way} onChoose={setWay} />
      </fieldset>
      {way === "request" && (
        <RequestField deviceId={deviceId} value={csrPem} onChange={setCsrPem} error={csrProblem} />
      )}
      {failure !== undefined && csrProblem === undefined && (
        <ErrorNote remedy={failure.remedy ?? undefined}>{failure.message}</ErrorNote>
      )}
      <div>
        <Button type="submit" variant="primary" busy={busy}>
          {way === "key" ? credentialText.makeNow : credentialText.issueNow}
        </Button>
      </div>
    </form>
  );
}

type Issued =
  | { readonly ok: true; readonly value: FreshCredential }
  | { readonly ok: false; readonly error: Failure };

async function issue(deviceId: string, csrPem: string | null): Promise<Issued> {
  if (csrPem !== null) {
    const result = await issueForRequest({ deviceId, csrPem });
    return result.ok ? { ok: true, value: { certificate: result.value, key: null } } : result;
  }
  const result = await issueKeyAndCertificate({ deviceId });
  if (!result.ok) return result;
  const { privateKeyPem, pkcs12Base64, pkcs12Password, ...certificate } = result.value;
  return {
    ok: true,
    value: { certificate, key: { privateKeyPem, pkcs12Base64, pkcs12Password } },
  };
}

const ways = {
  key: { label: credentialText.makeKey, hint: credentialText.makeKeyHint },
  request: { label: credentialText.pasteRequest, hint: credentialText.pasteRequestHint },
} as const;

function Way({
  way,
  chosen,
  onChoose,
}: {
  readonly way: CredentialWay;
  readonly chosen: CredentialWay;
  readonly onChoose: (way: CredentialWay) => void;
}) {
  return (
    <label className="grid cursor-pointer grid-cols-[auto_1fr] gap-x-3 rounded border border-line-strong p-3 font-medium text-ink hover:bg-sunken has-checked:border-accent has-checked:bg-accent-soft/50">
      <input
        type="radio"
        name="way"
        className="row-span-2 mt-1 self-start accent-accent"
        checked={way === chosen}
        onChange={() => onChoose(way)}
      />
      {ways[way].label}
      <span className="text-sm font-normal text-ink-2">{ways[way].hint}</span>
    </label>
  );
}

function RequestField({
  deviceId,
  value,
  onChange,
  error,
}: {
  readonly deviceId: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly error: string | undefined;
}) {
  return (
    <div className="flex flex-col gap-2">
      <Field
        label={credentialText.request}
        hint={credentialText.requestHint(deviceId)}
        error={error}
        required
      >
        <Textarea
          mono
          rows={8}
          maxLength={16_384}
          spellCheck={false}
          autoComplete="off"
          placeholder="-----BEGIN CERTIFICATE REQUEST-----"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      <label className="text-sm text-ink-2">
        {credentialText.requestFile}{" "}
        <input
          type="file"
          accept=".csr,.pem,.req,.txt"
          className="text-sm"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file !== undefined && file.size <= 16_384) void file.text().then(onChange);
          }}
        />
      </label>
    </div>
  );
}
