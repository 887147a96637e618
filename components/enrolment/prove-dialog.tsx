"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { proveCa } from "#app/(console)/onboard/groups/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import { PemInput } from "#components/enrolment/pem-input.tsx";
import type { AuthorityView } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { proofCommands } from "#server/domain/enrolment-snippets.ts";

/** The challenge, the commands that answer it, and the place for the answer. */
export function ProveDialog({
  authority,
  onClose,
}: {
  /** Undefined: closed. */
  readonly authority: AuthorityView | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      size="lg"
      open={authority !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.proveTitle(authority?.name ?? "")}
      description={text.proveText}
    >
      {authority !== undefined && <ProofForm authority={authority} onClose={onClose} />}
    </Dialog>
  );
}

function ProofForm({
  authority,
  onClose,
}: {
  readonly authority: AuthorityView;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const toast = useToast();
  const [pem, setPem] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(proveCa);
  async function prove() {
    const proven = await submit({ authorityId: authority.id, certificatePem: pem });
    if (proven === undefined) return;
    toast({ tone: "ok", title: text.proven(authority.name) });
    onClose();
    await queries.invalidateQueries({ queryKey: enrolmentKey });
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void prove();
      }}
    >
      <KeyValues
        items={[
          {
            key: "challenge",
            label: text.challenge,
            value: <CopyText text={authority.challenge} what={text.challenge} />,
          },
        ]}
      />
      <CodeBlock code={proofCommands(authority.challenge)} what={text.commands} />
      <PemInput
        label={text.proof}
        error={fieldError("certificatePem")}
        value={pem}
        onChange={setPem}
      />
      <RefusalNote refusal={refusal} />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy}>
          {text.proveSubmit}
        </Button>
      </div>
    </form>
  );
}
