"use client";
import { shortDigest } from "#components/device/identity-card.tsx";
import { tlsText } from "#components/strings/tls.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { useNow } from "#components/ui/clock.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { ServerCertificateView, TlsPosture } from "#server/services/tls/show.ts";

const dayMs = 86_400_000;

/** What the device listeners present: where it comes from, for how long, and what was there before. */
export function CertificateCard({ posture }: { readonly posture: TlsPosture }) {
  const { certificates, certificateProblem } = posture;
  const current = certificates.find(({ replacedAt }) => replacedAt === null);
  const earlier = certificates.filter(({ replacedAt }) => replacedAt !== null);
  return (
    <Card labelledBy="tls-certificate">
      <CardHeader id="tls-certificate" title={tlsText.certificate} />
      <CardBody className="flex flex-col gap-4">
        {certificateProblem !== null && (
          <ErrorNote remedy={certificateProblem}>{tlsText.problem}</ErrorNote>
        )}
        {current === undefined ? (
          <p className="text-ink-3">{tlsText.none}</p>
        ) : (
          <KeyValues items={itemsOf(current)} />
        )}
        {earlier.length > 0 && <Earlier certificates={earlier} />}
      </CardBody>
    </Card>
  );
}

/** Ours and an ACME server's are renewed when a third of their life is left. */
function renewalOf({ notBefore, notAfter }: ServerCertificateView): number {
  const end = Date.parse(notAfter);
  return end - (end - Date.parse(notBefore)) / 3;
}

function itemsOf(certificate: ServerCertificateView): readonly KeyValue[] {
  const { source, hosts, issuer, keyAlgorithm, notAfter, sha256 } = certificate;
  const renewal =
    source === "file" ? (
      tlsText.renewalBy
    ) : (
      <ExactTime value={renewalOf(certificate)} show="date" />
    );
  return [
    { key: "source", label: tlsText.source, value: tlsText.sources[source] ?? source },
    { key: "hosts", label: tlsText.hosts, value: hosts.join(", ") },
    { key: "until", label: tlsText.validUntil, value: <Until notAfter={notAfter} /> },
    { key: "renewal", label: tlsText.renewal, value: renewal },
    { key: "issuer", label: tlsText.issuer, value: issuer },
    { key: "key", label: tlsText.key, value: keyAlgorithm },
    {
      key: "sha256",
      label: tlsText.fingerprint,
      value: (
        <CopyText text={sha256} what={tlsText.fingerprint}>
          {shortDigest(sha256)}
        </CopyText>
      ),
    },
  ];
}

function Until({ notAfter }: { readonly notAfter: string }) {
  const days = useNow((now) => Math.floor((Date.parse(notAfter) - now) / dayMs));
  const isOver = days < 0;
  return (
    <>
      <ExactTime value={notAfter} show="date" />
      <span className={days < 14 ? "font-semibold text-bad" : "text-ink-3"}>
        {" · "}
        {isOver ? tlsText.expired : tlsText.daysLeft(days)}
      </span>
    </>
  );
}

function Earlier({ certificates }: { readonly certificates: readonly ServerCertificateView[] }) {
  return (
    <details>
      <summary className="cursor-pointer text-ink-2">{tlsText.earlier}</summary>
      <Table className="mt-2">
        <thead>
          <Tr>
            <Th>{tlsText.loaded}</Th>
            <Th>{tlsText.replaced}</Th>
            <Th>{tlsText.fingerprint}</Th>
          </Tr>
        </thead>
        <tbody>
          {certificates.map(({ sha256, createdAt, replacedAt }) => (
            <Tr key={sha256}>
              <Td>
                <ExactTime value={createdAt} show="date" />
              </Td>
              <Td>{replacedAt !== null && <ExactTime value={replacedAt} show="date" />}</Td>
              <Td className="font-mono text-sm">{shortDigest(sha256)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
