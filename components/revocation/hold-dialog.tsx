"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { release, suspend } from "#app/(console)/certificates/revocations/actions.ts";
import { impactQuery } from "#components/revocation/revocation-queries.ts";
import {
  certificateItems,
  reachItems,
  type ChosenCertificate,
} from "#components/revocation/revoke-dialog.tsx";
import { useDecision } from "#components/revocation/use-decision.ts";
import { revocationText as text } from "#components/strings/revocation.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { ActionResult } from "#server/web/action.ts";

export type HoldChange = "suspend" | "release";

const words = {
  suspend: {
    title: text.suspendTitle,
    text: text.suspendText,
    confirm: text.suspend,
    done: text.suspended,
  },
  release: {
    title: text.releaseTitle,
    text: text.releaseText,
    confirm: text.release,
    done: text.released,
  },
} as const;

/** Asks before a certificate is put on hold or released, and why. */
export function HoldDialog({
  certificate,
  change,
  onClose,
  onChanged,
}: {
  readonly certificate: ChosenCertificate;
  readonly change: HoldChange;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}) {
  const [reason, setReason] = useState("");
  const impact = useQuery(impactQuery({ ids: [certificate.id] }));
  const own = words[change];
  const input = { certificateId: certificate.id, reason };
  const act = (): Promise<ActionResult<unknown>> =>
    change === "suspend" ? suspend(input) : release(input);
  const { error, busy, confirm } = useDecision(
    act,
    () => own.done,
    () => {
      onChanged();
      onClose();
    },
  );
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={own.title}
      description={own.text}
      blastRadius={[
        ...certificateItems(certificate),
        ...(change === "suspend" ? reachItems(impact.data, { failed: impact.isError }) : []),
      ]}
      confirmLabel={own.confirm}
      busy={busy}
      error={error}
      onConfirm={confirm}
    >
      <Field label={text.suspendReason}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </DangerDialog>
  );
}
