"use client";
import { useState, useTransition } from "react";
import { revoke } from "#app/(console)/devices/actions.ts";
import { shortDigest } from "#components/device/identity-card.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/input.tsx";
import type { KeyValue } from "#components/ui/key-values.tsx";
import { Select } from "#components/ui/select.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { revocationReasons } from "#server/services/certificate/schemas.ts";
import type { CertificateSummary } from "#server/services/device/certificates.ts";

type Reason = (typeof revocationReasons)[number];

/** Asks before a certificate is revoked, with the reason. */
export function RevokeDialog({
  certificate,
  isLast,
  onClose,
  onRevoked,
}: {
  readonly certificate: CertificateSummary;
  readonly isLast: boolean;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}) {
  const [reason, setReason] = useState<Reason>("unspecified");
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();
  const toast = useToast();
  function confirm() {
    start(async () => {
      const result = await revoke({ certificateId: certificate.id, reason });
      if (!result.ok) {
        setError([result.error.message, result.error.remedy].filter(Boolean).join(" "));
        return;
      }
      toast({ tone: "ok", title: deviceText.revoked });
      onRevoked();
      onClose();
    });
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={deviceText.revokeTitle}
      description={deviceText.revokeText}
      blastRadius={radiusOf(certificate, isLast)}
      confirmLabel={deviceText.revoke}
      busy={busy}
      error={error}
      onConfirm={confirm}
    >
      <Field label={deviceText.revokeReason}>
        <Select
          value={reason}
          onChange={(event) =>
            setReason(
              revocationReasons.find((each) => each === event.target.value) ?? "unspecified",
            )
          }
          options={revocationReasons.map((value) => ({ value, label: deviceText.reasons[value] }))}
        />
      </Field>
    </DangerDialog>
  );
}

function radiusOf(certificate: CertificateSummary, isLast: boolean): readonly KeyValue[] {
  return [
    {
      key: "certificate",
      label: deviceText.fingerprintLabel,
      value: shortDigest(certificate.sha256),
      mono: true,
    },
    {
      key: "until",
      label: deviceText.notAfter,
      value: <ExactTime value={certificate.notAfter} show="date" />,
    },
    ...(isLast
      ? [{ key: "last", label: deviceText.revokeLastLabel, value: deviceText.revokeLast }]
      : []),
  ];
}
