import Link from "next/link";
import type { ReactNode } from "react";
import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { CertificateDetail } from "#server/services/certificate/show.ts";

type Happening = { readonly at: string; readonly key: string; readonly words: ReactNode };

/** What became of it, oldest first, from the registry itself. */
function happenings(certificate: CertificateDetail): readonly Happening[] {
  const { issuedAt, issuedBy, activatedAt, use, suspendedAt, revokedAt } = certificate;
  const recorded = use.revocations.flatMap((revocation) => [
    {
      at: revocation.at,
      key: `${revocation.id} at`,
      words: (
        <>
          {revocation.kind === "suspended"
            ? text.held(revocation.reason)
            : text.revoked(revocation.reason)}{" "}
          <span className="text-ink-3">{text.by(revocation.by)}</span>{" "}
          <Link
            href={`/certificates/revocations/${revocation.id}`}
            className="text-accent underline"
          >
            {text.proof}
          </Link>
        </>
      ),
    },
    ...(revocation.releasedAt === null
      ? []
      : [{ at: revocation.releasedAt, key: `${revocation.id} end`, words: text.released }]),
  ]);
  const unrecorded = recorded.length === 0;
  const all: Happening[] = [
    { at: issuedAt, key: "issued", words: text.issued(issuedBy) },
    ...(activatedAt === null ? [] : [{ at: activatedAt, key: "used", words: text.activated }]),
    ...(suspendedAt !== null && unrecorded
      ? [{ at: suspendedAt, key: "held", words: text.suspended }]
      : []),
    ...(revokedAt !== null && unrecorded
      ? [
          {
            at: revokedAt,
            key: "revoked",
            words: text.revoked(certificate.revocationReason ?? "unspecified"),
          },
        ]
      : []),
    ...recorded,
  ];
  return all.toSorted((left, right) => left.at.localeCompare(right.at));
}

/** Its life, its neighbours, and the audit trail about it. */
export function HistoryCard({ certificate }: { readonly certificate: CertificateDetail }) {
  const { follows, followedBy, use, device } = certificate;
  return (
    <Card labelledBy="history">
      <CardHeader id="history" title={text.history} />
      <CardBody className="flex flex-col gap-3">
        <ol className="flex flex-col gap-2">
          {happenings(certificate).map(({ key, at, words }) => (
            <li key={key}>
              <span className="block text-sm text-ink-3">
                <ExactTime value={at} />
              </span>
              {words}
            </li>
          ))}
        </ol>
        <Neighbour label={text.follows} certificate={follows} />
        <Neighbour label={text.followedBy} certificate={followedBy} />
      </CardBody>
      {use.audit !== null && <Audit events={use.audit} deviceId={device?.deviceId} />}
    </Card>
  );
}

function Neighbour({
  label,
  certificate,
}: {
  readonly label: string;
  readonly certificate: CertificateDetail["follows"];
}) {
  if (certificate === null) return null;
  return (
    <p className="text-ink-2">
      {label}{" "}
      <Link
        href={`/certificates/${certificate.id}`}
        className="font-mono text-sm text-accent underline"
      >
        {certificate.sha256.slice(0, 16)}
      </Link>
    </p>
  );
}

function Audit({
  events,
  deviceId,
}: {
  readonly events: NonNullable<CertificateDetail["use"]["audit"]>;
  readonly deviceId: string | undefined;
}) {
  return (
    <div className="border-t border-line px-3.5 py-3">
      <h3 className="mb-2 flex flex-wrap justify-between gap-x-3 text-sm text-ink-2">
        {text.auditTitle}
        {deviceId !== undefined && (
          <Link
            href={`/audit?${new URLSearchParams({ target: `device:${deviceId}` }).toString()}`}
            className="text-accent underline"
          >
            {text.auditAll}
          </Link>
        )}
      </h3>
      <ul className="flex flex-col gap-1.5">
        {events.map((event) => (
          <li key={event.seq}>
            <span className="font-mono text-sm text-ink">{event.action}</span>{" "}
            <span className="text-ink-2">{text.by(event.actor)}</span>
            <span className="block text-sm text-ink-3">
              <ExactTime value={event.at} />
              {event.reason !== null && ` · ${event.reason}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
