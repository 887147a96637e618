"use client";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { shortDigest } from "#components/device/identity-card.tsx";
import { HoldDialog } from "#components/revocation/hold-dialog.tsx";
import { revocationsHref } from "#components/revocation/revocation-queries.ts";
import { RevokeDialog } from "#components/revocation/revoke-dialog.tsx";
import { fleetText } from "#components/strings/device.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { revocationText } from "#components/strings/revocation.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { CertificateSummary } from "#server/services/device/certificates.ts";
import type { DeviceConnection } from "#server/services/device/show.ts";

const tones: Readonly<Record<CertificateSummary["state"], Tone>> = {
  issued: "accent",
  active: "ok",
  superseded: "idle",
  retired: "idle",
  suspended: "warn",
  revoked: "bad",
};

const usable: readonly CertificateSummary["state"][] = ["issued", "active", "superseded"];

/** Whether a device may still come in with it. */
function letsIn(certificate: CertificateSummary): boolean {
  return usable.includes(certificate.state) && certificate.daysLeft >= 0;
}

/** Whether the device is connected with the certificate, or was the last time. */
function usedBy(
  { sha256 }: CertificateSummary,
  { connected, certificateSha256 }: Pick<DeviceConnection, "connected" | "certificateSha256">,
): "now" | "last" | undefined {
  if (sha256 !== certificateSha256) return undefined;
  return connected ? "now" : "last";
}

type Change = "revoke" | "suspend" | "release";

/** What may be done about a certificate. */
function changesOf({ state, daysLeft }: CertificateSummary): readonly Change[] {
  if (state === "revoked") return [];
  if (state === "suspended") return daysLeft < 0 ? ["revoke"] : ["release", "revoke"];
  return usable.includes(state) && daysLeft >= 0 ? ["suspend", "revoke"] : ["revoke"];
}

/** The certificates, newest first; each opens to its details and PEM. */
export function CertificateRows({
  certificates,
  connection,
  mayRevoke,
  onRevoked,
}: {
  readonly certificates: readonly CertificateSummary[];
  readonly connection: Pick<DeviceConnection, "connected" | "certificateSha256">;
  readonly mayRevoke: boolean;
  readonly onRevoked: () => void;
}) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const counting = certificates.filter(letsIn).length;
  return (
    <>
      {counting > 1 && (
        <p className="max-w-3xl px-3.5 py-3 text-ink-2">{deviceText.overlap(counting)}</p>
      )}
      <ul className="divide-y divide-line">
        {certificates.map((certificate, index) => (
          <li key={certificate.id}>
            <CertificateRow
              certificate={certificate}
              startOpen={index === 0}
              used={usedBy(certificate, connection)}
              changes={mayRevoke ? changesOf(certificate) : []}
              onChange={(change) => setAsking({ certificate, change })}
            />
          </li>
        ))}
      </ul>
      {asking !== null && (
        <ChangeDialog {...asking} onClose={() => setAsking(null)} onChanged={onRevoked} />
      )}
    </>
  );
}

type Asking = { readonly certificate: CertificateSummary; readonly change: Change };

function ChangeDialog({
  certificate,
  change,
  onClose,
  onChanged,
}: Asking & { readonly onClose: () => void; readonly onChanged: () => void }) {
  if (change === "revoke") {
    return <RevokeDialog certificate={certificate} onClose={onClose} onRevoked={onChanged} />;
  }
  return (
    <HoldDialog certificate={certificate} change={change} onClose={onClose} onChanged={onChanged} />
  );
}

function CertificateRow({
  certificate,
  startOpen,
  used,
  changes,
  onChange,
}: {
  readonly certificate: CertificateSummary;
  readonly startOpen: boolean;
  readonly used: "now" | "last" | undefined;
  readonly changes: readonly Change[];
  readonly onChange: (change: Change) => void;
}) {
  const [open, setOpen] = useState(startOpen);
  return (
    <details className="group" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-row cursor-pointer list-none flex-wrap items-center gap-x-4 gap-y-1 px-3.5 py-1.5 hover:bg-sunken">
        <ChevronRight
          aria-hidden
          className="size-3.5 shrink-0 text-ink-3 transition-transform duration-100 group-open:rotate-90"
        />
        <span className="w-36">
          <StateBadge tone={tones[certificate.state]}>
            {deviceText.state[certificate.state]}
          </StateBadge>
        </span>
        <Ends certificate={certificate} />
        {used !== undefined && (
          <StateBadge tone={used === "now" ? "ok" : "idle"}>{deviceText.usedBy[used]}</StateBadge>
        )}
        <span className="flex-1 font-mono text-sm text-ink-3">
          {shortDigest(certificate.sha256)}
        </span>
        <span className="text-ink-3 max-md:hidden">{certificate.keyAlgorithm}</span>
      </summary>
      <div className="flex flex-col gap-3 border-t border-line bg-bg p-3.5">
        <Details certificate={certificate} />
        <CodeBlock code={certificate.pem} what={deviceText.pem} />
        <div className="flex flex-wrap gap-2">
          <ButtonLink size="sm" href={`/certificates/${certificate.id}`}>
            {deviceText.wholeCertificate}
          </ButtonLink>
          {changes.map((change) => (
            <Button key={change} size="sm" onClick={() => onChange(change)}>
              {revocationText[change]}
            </Button>
          ))}
          {(certificate.state === "revoked" || certificate.state === "suspended") && (
            <ButtonLink size="sm" href={revocationsHref({ state: "", q: certificate.sha256 })}>
              {revocationText.proof}
            </ButtonLink>
          )}
        </div>
      </div>
    </details>
  );
}

function Ends({ certificate }: { readonly certificate: CertificateSummary }) {
  const words = letsIn(certificate)
    ? deviceText.endsIn(fleetText.daysLeft(formatCount(certificate.daysLeft)))
    : certificate.daysLeft < 0
      ? deviceText.expiredWord
      : null;
  return (
    <span className="w-56 text-ink-2">
      <ExactTime value={certificate.notAfter} show="date" />
      {words !== null && <span className="text-ink-3">{` · ${words}`}</span>}
    </span>
  );
}

function Details({ certificate }: { readonly certificate: CertificateSummary }) {
  const instant = (value: string | null) =>
    value === null ? deviceText.notYet : <ExactTime value={value} />;
  return (
    <KeyValues
      items={[
        {
          key: "sha256",
          label: deviceText.fingerprintLabel,
          value: <CopyText text={certificate.sha256} what={deviceText.fingerprint} />,
        },
        {
          key: "serial",
          label: deviceText.serial,
          value: <CopyText text={certificate.serial} what={deviceText.serial} />,
        },
        { key: "subject", label: deviceText.subject, value: certificate.subject, mono: true },
        { key: "issuer", label: deviceText.issuer, value: certificate.issuer, mono: true },
        { key: "from", label: deviceText.notBefore, value: instant(certificate.notBefore) },
        { key: "until", label: deviceText.notAfter, value: instant(certificate.notAfter) },
        {
          key: "issued",
          label: deviceText.columnIssued,
          value: (
            <>
              {instant(certificate.issuedAt)} {deviceText.registeredBy(certificate.issuedBy)}
            </>
          ),
        },
        { key: "used", label: deviceText.activatedAt, value: instant(certificate.activatedAt) },
        ...(certificate.revokedAt === null
          ? []
          : [
              {
                key: "revoked",
                label: deviceText.revokedAt,
                value: (
                  <>
                    {instant(certificate.revokedAt)} {certificate.revocationReason}
                  </>
                ),
              },
            ]),
      ]}
    />
  );
}
