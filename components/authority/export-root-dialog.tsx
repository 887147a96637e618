"use client";
import { useState } from "react";
import { exportRootKey } from "#app/(console)/certificates/authorities/actions.ts";
import { downloadText } from "#components/authority/download-text.ts";
import { useAuthorityChange } from "#components/authority/use-authority-change.ts";
import { authorityText } from "#components/strings/authority.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";

const command = "openssl pkcs8 -in root.key.pem | openssl pkey -noout -check";

/** Asks for a passphrase, then shows the encrypted key once. */
export function ExportRootDialog({ onClose }: { readonly onClose: () => void }) {
  const [keyPem, setKeyPem] = useState<string>();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={authorityText.exportTitle}
      description={authorityText.exportText}
    >
      {keyPem === undefined ? (
        <PassphraseForm onKey={setKeyPem} onClose={onClose} />
      ) : (
        <div className="flex flex-col gap-4">
          <output className="text-ink">{authorityText.exported}</output>
          <p className="text-sm text-ink-2">{authorityText.checkIt}</p>
          <CodeBlock code={command} what={authorityText.checkIt} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={onClose}>{authorityText.done}</Button>
            <Button variant="primary" onClick={() => downloadText("root.key.pem", keyPem)}>
              {authorityText.downloadKey}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function PassphraseForm({
  onKey,
  onClose,
}: {
  readonly onKey: (pem: string) => void;
  readonly onClose: () => void;
}) {
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [differs, setDiffers] = useState(false);
  const { busy, refusal, fieldError, change } = useAuthorityChange(exportRootKey);
  const problem = fieldError("passphrase");
  async function confirm() {
    setDiffers(passphrase !== again);
    if (passphrase !== again) return;
    const exported = await change({ passphrase });
    if (exported !== undefined) onKey(exported.encryptedKeyPem);
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void confirm();
      }}
    >
      <Field label={authorityText.passphrase} hint={authorityText.passphraseHint} error={problem}>
        <Input
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
      </Field>
      <Field
        label={authorityText.passphraseAgain}
        error={differs ? authorityText.passphraseDiffers : undefined}
      >
        <Input
          type="password"
          autoComplete="new-password"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
      </Field>
      {refusal !== undefined && problem === undefined && (
        <ErrorNote remedy={refusal.remedy}>{refusal.message}</ErrorNote>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{uiText.cancel}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {authorityText.exportConfirm}
        </Button>
      </div>
    </form>
  );
}
