import Link from "next/link";
import { deviceHref } from "#components/device/device-href.ts";
import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import type { CryptoStanding } from "#server/domain/crypto-sunset.ts";
import type { CertificateDetail } from "#server/services/certificate/show.ts";

const tones: Readonly<Record<CryptoStanding, Tone>> = {
  good: "ok",
  sunset: "warn",
  weak: "bad",
  unknown: "idle",
};

/** What the certificate says of its holder, its issuer and its key. */
export function IdentityCard({ certificate }: { readonly certificate: CertificateDetail }) {
  return (
    <Card labelledBy="said">
      <CardHeader id="said" title={text.identity} />
      <CardBody className="flex flex-col gap-3">
        {certificate.sharesKeyWith.length > 0 && <SharedKey devices={certificate.sharesKeyWith} />}
        <KeyValues
          items={[
            { key: "subject", label: text.subject, value: certificate.subject, mono: true },
            {
              key: "names",
              label: text.names,
              value: certificate.names.length === 0 ? text.noNames : certificate.names.join("\n"),
              mono: certificate.names.length > 0,
            },
            { key: "issuer", label: text.issuer, value: certificate.issuer, mono: true },
            {
              key: "serial",
              label: text.serial,
              value: <CopyText text={certificate.serial} what={text.serial} />,
            },
            {
              key: "sha256",
              label: text.fingerprint,
              value: <CopyText text={certificate.sha256} what={text.fingerprint} />,
            },
            { key: "key", label: text.key, value: <KeyStrength certificate={certificate} /> },
            {
              key: "spki",
              label: text.keyPrint,
              value: <CopyText text={certificate.spkiSha256} what={text.keyPrint} />,
            },
            { key: "signature", label: text.signature, value: certificate.signature },
          ]}
        />
      </CardBody>
    </Card>
  );
}

function SharedKey({ devices }: { readonly devices: readonly string[] }) {
  return (
    <div role="note" className="rounded border border-bad bg-bad-soft px-3 py-2 text-bad">
      <p className="font-semibold">{text.sharedTitle}</p>
      <p className="flex flex-wrap gap-x-2">
        {text.shared}
        {devices.map((deviceId) => (
          <Link key={deviceId} href={deviceHref({ deviceId })} className="font-mono underline">
            {deviceId}
          </Link>
        ))}
      </p>
    </div>
  );
}

function KeyStrength({ certificate }: { readonly certificate: CertificateDetail }) {
  const { bits, standing, sunset, why } = certificate.key;
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        {certificate.keyAlgorithm}
        {bits !== null && (
          <StateBadge tone={tones[standing]}>{text.strength(String(bits))}</StateBadge>
        )}
        {sunset !== null && <span className="text-ink-2">{text.sunset(sunset)}</span>}
      </span>
      <span className="block text-sm text-ink-3">{why}</span>
    </>
  );
}
