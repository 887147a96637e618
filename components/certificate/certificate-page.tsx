"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { CertificateActions, type MayActOn } from "#components/certificate/certificate-actions.tsx";
import { ChainCard } from "#components/certificate/chain-card.tsx";
import { certificateQuery, certificatesKey } from "#components/certificate/certificate-queries.ts";
import { ExtensionsCard } from "#components/certificate/extensions-card.tsx";
import { HistoryCard } from "#components/certificate/history-card.tsx";
import { IdentityCard } from "#components/certificate/said-card.tsx";
import { StandingBadge } from "#components/certificate/standing-badge.tsx";
import { UseCard } from "#components/certificate/use-card.tsx";
import { RenewalCard, ValidityCard } from "#components/certificate/validity-card.tsx";
import { deviceHref } from "#components/device/device-href.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { certificatePageText as text } from "#components/strings/certificate-page.ts";
import { certificateText } from "#components/strings/certificates.ts";
import { standingMeanings } from "#server/domain/certificate-standing.ts";
import type { CertificateDetail } from "#server/services/certificate/show.ts";

/** A device's certificate: what it says, who signed it, where it is used, what became of it. */
export function CertificatePage({
  first,
  may,
}: {
  readonly first: CertificateDetail;
  readonly may: MayActOn;
}) {
  const client = useQueryClient();
  const { data: certificate } = useQuery(certificateQuery(first.id, first));
  const name = certificate.device?.name ?? certificate.name;
  return (
    <>
      <PageHeader
        title={text.of(name)}
        badge={<StandingBadge standing={certificate.standing} />}
        subtitle={
          <>
            {standingMeanings[certificate.standing]}{" "}
            {certificate.device !== null && (
              <Link href={deviceHref(certificate.device)} className="text-accent underline">
                {certificate.device.deviceId}
              </Link>
            )}
          </>
        }
        breadcrumb={[
          { label: certificateText.title, href: "/certificates" },
          { label: certificate.sha256.slice(0, 16) },
        ]}
        actions={
          <CertificateActions
            certificate={certificate}
            may={may}
            onChanged={() => void client.invalidateQueries({ queryKey: certificatesKey })}
          />
        }
      />
      <div className="grid items-start gap-4 lg:grid-cols-3">
        <div className="flex min-w-0 flex-col gap-4 lg:col-span-2">
          <IdentityCard certificate={certificate} />
          <ChainCard certificate={certificate} mayOpen={may.authorities} />
          <ExtensionsCard extensions={certificate.extensions} />
          <UseCard certificate={certificate} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <ValidityCard certificate={certificate} />
          <RenewalCard certificate={certificate} />
          <HistoryCard certificate={certificate} />
        </div>
      </div>
    </>
  );
}
