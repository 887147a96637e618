"use client";
import { useState } from "react";
import { bring } from "#app/(console)/certificates/authorities/actions.ts";
import { useAuthorityChange } from "#components/authority/use-authority-change.ts";
import { authorityText } from "#components/strings/authority.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";

/** Takes the certificate that the other root made, with those above it. */
export function ImportForm({ onClose }: { readonly onClose: () => void }) {
  const [certificatePem, setCertificatePem] = useState("");
  const [chainPem, setChainPem] = useState("");
  const { busy, refusal, fieldError, change } = useAuthorityChange(bring);
  const hasField = (refusal?.fields.length ?? 0) > 0;
  async function confirm() {
    const said = { title: authorityText.imported, detail: authorityText.importedDetail };
    if ((await change({ certificatePem, chainPem }, said)) !== undefined) onClose();
  }
  return (
    <form
      className="flex flex-col gap-4 border-t border-line pt-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void confirm();
      }}
    >
      <p className="font-medium text-ink">{authorityText.importStep}</p>
      <Field label={authorityText.certificate} error={fieldError("certificatePem")}>
        <Textarea
          mono
          spellCheck={false}
          value={certificatePem}
          onChange={(event) => setCertificatePem(event.currentTarget.value)}
        />
      </Field>
      <Field label={authorityText.chain} error={fieldError("chainPem")}>
        <Textarea
          mono
          spellCheck={false}
          value={chainPem}
          onChange={(event) => setChainPem(event.currentTarget.value)}
        />
      </Field>
      {refusal !== undefined && !hasField && (
        <ErrorNote remedy={refusal.remedy}>{refusal.message}</ErrorNote>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{uiText.cancel}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {authorityText.importConfirm}
        </Button>
      </div>
    </form>
  );
}
