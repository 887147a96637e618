"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { revoke } from "#app/(console)/certificates/revocations/actions.ts";
import { impactQuery } from "#components/revocation/revocation-queries.ts";
import { useDecision } from "#components/revocation/use-decision.ts";
import { revocationText as text } from "#components/strings/revocation.ts";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import type { KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { RevocationImpact } from "#server/services/certificate/revocation-impact.ts";
import { revocationReasons, type RevocationReason } from "#server/domain/revocation-reason.ts";

/** What a dialog shows of the certificate that it is about. */
export type ChosenCertificate = {
  readonly id: string;
  readonly sha256: string;
  readonly notAfter: string;
};

/** Asks before a certificate is revoked: how far it reaches, and why. */
export function RevokeDialog({
  certificate,
  onClose,
  onRevoked,
}: {
  readonly certificate: ChosenCertificate;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}) {
  const [reason, setReason] = useState<RevocationReason>("unspecified");
  const impact = useQuery(impactQuery({ ids: [certificate.id] }));
  const { error, busy, confirm } = useDecision(
    () => revoke({ certificateId: certificate.id, reason }),
    () => text.revoked,
    () => {
      onRevoked();
      onClose();
    },
  );
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.revokeTitle}
      description={text.revokeText}
      blastRadius={[
        ...certificateItems(certificate),
        ...reachItems(impact.data, { failed: impact.isError }),
      ]}
      confirmLabel={text.revoke}
      busy={busy}
      error={error}
      onConfirm={confirm}
    >
      <ChoiceField
        label={text.revokeReason}
        value={reason}
        choices={revocationReasons}
        names={text.reasons}
        onChange={setReason}
      />
    </DangerDialog>
  );
}

/** Which certificate it is. */
export function certificateItems({ sha256, notAfter }: ChosenCertificate): readonly KeyValue[] {
  return [
    {
      key: "certificate",
      label: text.fingerprintLabel,
      value: `${sha256.slice(0, 16)}…`,
      mono: true,
    },
    { key: "until", label: text.valid, value: <ExactTime value={notAfter} show="date" /> },
  ];
}

/** What stops with it, as far as that is known yet. */
export function reachItems(
  impact: RevocationImpact | undefined,
  { failed }: { readonly failed: boolean },
): readonly KeyValue[] {
  const waiting = failed ? text.radiusFailed : text.waiting;
  const connected = (impact?.connected ?? 0) > 0 ? text.yes : text.no;
  return [
    {
      key: "connected",
      label: text.connectedLabel,
      value: impact === undefined ? waiting : connected,
    },
    ...(impact !== undefined && impact.cutOff > 0
      ? [{ key: "last", label: text.lastLabel, value: text.lastText }]
      : []),
  ];
}
