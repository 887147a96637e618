"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { revokeMany } from "#app/(console)/certificates/revocations/actions.ts";
import { impactQuery, type RevocationChoice } from "#components/revocation/revocation-queries.ts";
import { useDecision } from "#components/revocation/use-decision.ts";
import { revocationText as text } from "#components/strings/revocation.ts";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { KeyValue } from "#components/ui/key-values.tsx";
import type { RevocationImpact } from "#server/services/certificate/revocation-impact.ts";
import { revocationReasons, type RevocationReason } from "#server/domain/revocation-reason.ts";

/**
 * Asks before many certificates are revoked: how far it reaches, why, and their number as confirmation.
 * Mount it to open it.
 */
export function BulkRevokeDialog({
  onClose,
  onDone,
  ...choice
}: RevocationChoice & {
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [reason, setReason] = useState<RevocationReason>("unspecified");
  const impact = useQuery(impactQuery(choice));
  const count = impact.data?.certificates ?? 0;
  const expected = "ids" in choice ? choice.ids.length : count;
  const { error, busy, confirm } = useDecision(
    () =>
      revokeMany({
        ...("ids" in choice ? { ids: [...choice.ids] } : { filter: choice.filter }),
        reason,
        expected,
      }),
    ({ certificates }) => text.manyDone(formatCount(certificates)),
    () => {
      onDone();
      onClose();
    },
  );
  const nothing = impact.data !== undefined && count === 0 ? text.manyNone : undefined;
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.manyTitle}
      description={text.manyText}
      blastRadius={impactItems(impact.data, impact.error)}
      typedName={String(count)}
      confirmLabel={text.manyConfirm(formatCount(count))}
      busy={busy}
      error={error ?? nothing}
      onConfirm={() => {
        if (count > 0) confirm();
      }}
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

function impactItems(
  impact: RevocationImpact | undefined,
  error: Error | null,
): readonly KeyValue[] {
  const waiting = error === null ? text.waiting : text.radiusFailed;
  const count = (value: number | undefined) => (value === undefined ? waiting : formatCount(value));
  const profiles = impact?.profiles ?? [];
  return [
    { key: "certificates", label: text.manyCertificates, value: count(impact?.certificates) },
    { key: "devices", label: text.manyDevices, value: count(impact?.devices) },
    { key: "cut-off", label: text.manyCutOff, value: count(impact?.cutOff) },
    { key: "connected", label: text.manyConnected, value: count(impact?.connected) },
    ...(profiles.length === 0
      ? []
      : [
          {
            key: "profiles",
            label: text.manyProfiles,
            value: profiles
              .map(({ name, certificates }) => text.profileCount(name, formatCount(certificates)))
              .join(", "),
          },
        ]),
  ];
}
