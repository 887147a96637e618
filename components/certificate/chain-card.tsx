import Link from "next/link";
import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { commonNameOf } from "#server/domain/distinguished-name.ts";
import type { ChainLink } from "#server/services/certificate/find-chain.ts";
import type { CertificateDetail } from "#server/services/certificate/show.ts";

/** From the certificate up to the root by which it is trusted. */
export function ChainCard({
  certificate,
  mayOpen,
}: {
  readonly certificate: CertificateDetail;
  /** Whether the pages of authorities may be opened. */
  readonly mayOpen: boolean;
}) {
  return (
    <Card labelledBy="chain">
      <CardHeader id="chain" title={text.chain} aside={text.chainIntro} />
      <CardBody>
        <ol className="flex flex-col">
          <Step
            kind={text.leaf}
            name={commonNameOf(certificate.subject)}
            sha256={certificate.sha256}
            notAfter={certificate.notAfter}
            keyAlgorithm={certificate.keyAlgorithm}
          />
          {certificate.chain.map((link) => (
            <Step
              key={link.sha256}
              kind={text.kinds[link.kind]}
              name={commonNameOf(link.subject)}
              sha256={link.sha256}
              notAfter={link.notAfter}
              keyAlgorithm={link.keyAlgorithm}
              counts={link.counts}
              href={hrefOf(link, mayOpen)}
            />
          ))}
        </ol>
        {certificate.chain.length === 0 && <p className="mt-2 text-ink-2">{text.chainBroken}</p>}
      </CardBody>
    </Card>
  );
}

function hrefOf({ kind, groupId }: ChainLink, mayOpen: boolean): string | undefined {
  if (kind === "customer_ca") return `/onboard/groups/${groupId ?? ""}`;
  return mayOpen ? "/certificates/authorities" : undefined;
}

function Step({
  kind,
  name,
  sha256,
  notAfter,
  keyAlgorithm,
  counts = true,
  href,
}: {
  readonly kind: string;
  readonly name: string;
  readonly sha256: string;
  readonly notAfter: string;
  readonly keyAlgorithm: string;
  readonly counts?: boolean;
  readonly href?: string | undefined;
}) {
  return (
    <li className="relative flex gap-3 pb-3 last:pb-0 [&:not(:last-child)]:before:absolute [&:not(:last-child)]:before:top-4 [&:not(:last-child)]:before:bottom-0 [&:not(:last-child)]:before:left-[0.3125rem] [&:not(:last-child)]:before:w-px [&:not(:last-child)]:before:bg-line-strong">
      <span aria-hidden className="mt-1.5 size-2.5 shrink-0 rounded-full bg-accent" />
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-ink-3">{kind}</span>
          {href === undefined ? (
            <span className="font-medium wrap-anywhere text-ink">{name}</span>
          ) : (
            <Link href={href} className="font-medium wrap-anywhere text-accent underline">
              {name}
            </Link>
          )}
          {!counts && <StateBadge tone="bad">{text.notCounting}</StateBadge>}
        </p>
        <p className="text-sm text-ink-2">
          {keyAlgorithm} · {text.ends} <ExactTime value={notAfter} show="date" /> ·{" "}
          <span className="font-mono">{sha256.slice(0, 16)}</span>
        </p>
      </div>
    </li>
  );
}
