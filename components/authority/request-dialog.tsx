"use client";
import { useState } from "react";
import { ImportForm } from "#components/authority/import-form.tsx";
import { request } from "#app/(console)/certificates/authorities/actions.ts";
import { downloadText } from "#components/authority/download-text.ts";
import { useAuthorityChange } from "#components/authority/use-authority-change.ts";
import { authorityText } from "#components/strings/authority.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";

/** An issuing CA under another root: first its request, then its certificate. */
export function RequestDialog({
  requestPem,
  onClose,
}: {
  /** The request that waits; null when there is none. */
  readonly requestPem: string | null;
  readonly onClose: () => void;
}) {
  const [another, setAnother] = useState(false);
  const isMaking = another || requestPem === null;
  return (
    <Dialog
      size="lg"
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={authorityText.requestTitle}
      description={authorityText.requestText}
    >
      {isMaking ? (
        <NameForm
          replaces={requestPem !== null}
          onMade={() => setAnother(false)}
          onClose={onClose}
        />
      ) : (
        <div className="flex flex-col gap-4">
          <p className="font-medium text-ink">{authorityText.requestReady}</p>
          <CodeBlock code={requestPem.trimEnd()} what={authorityText.requestWhat} />
          <div className="flex flex-wrap gap-2">
            <Button size="sm" onClick={() => downloadText("issuing-ca.csr.pem", requestPem)}>
              {authorityText.downloadRequest}
            </Button>
            <Button size="sm" variant="ghost" onClick={() => setAnother(true)}>
              {authorityText.another}
            </Button>
          </div>
          <ImportForm onClose={onClose} />
        </div>
      )}
    </Dialog>
  );
}

function NameForm({
  replaces,
  onMade,
  onClose,
}: {
  readonly replaces: boolean;
  readonly onMade: () => void;
  readonly onClose: () => void;
}) {
  const [commonName, setCommonName] = useState("");
  const [organisation, setOrganisation] = useState("");
  const { busy, refusal, fieldError, change } = useAuthorityChange(request);
  const hasField = (refusal?.fields.length ?? 0) > 0;
  async function make() {
    if ((await change({ commonName, organisation })) !== undefined) onMade();
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void make();
      }}
    >
      {replaces && <p className="text-sm text-warn">{authorityText.replaceHint}</p>}
      <Field
        label={authorityText.commonName}
        hint={authorityText.commonNameHint}
        error={fieldError("commonName")}
      >
        <Input
          autoComplete="off"
          value={commonName}
          onChange={(event) => setCommonName(event.currentTarget.value)}
        />
      </Field>
      <Field label={authorityText.organisation} error={fieldError("organisation")}>
        <Input
          autoComplete="off"
          value={organisation}
          onChange={(event) => setOrganisation(event.currentTarget.value)}
        />
      </Field>
      {refusal !== undefined && !hasField && (
        <ErrorNote remedy={refusal.remedy}>{refusal.message}</ErrorNote>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{uiText.cancel}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {authorityText.makeRequest}
        </Button>
      </div>
    </form>
  );
}
