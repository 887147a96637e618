import type { Metadata } from "next";
import { CertificateTable } from "#components/certificate/certificate-table.tsx";
import { CertificatesFrame } from "#components/certificate/certificates-frame.tsx";
import { RunOutCard } from "#components/certificate/run-out-card.tsx";
import { certificateText } from "#components/strings/certificates.ts";
import {
  certificateViewFromParams,
  certificateViewToParams,
} from "#server/domain/certificate-filter.ts";
import { may } from "#server/domain/roles.ts";
import { certificateFacets } from "#server/services/certificate/facets.ts";
import { listCertificates } from "#server/services/certificate/list.ts";
import { certificateRunOut } from "#server/services/certificate/run-out.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: certificateText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function CertificatesPage({ searchParams }: Props) {
  const ctx = await requireSession();
  const search = await searchParams;
  const getAll = (name: string) => [search[name] ?? []].flat();
  const view = certificateViewFromParams({ get: (name) => getAll(name)[0] ?? null, getAll });
  const [list, facets, runOut] = await Promise.all([
    listCertificates(ctx, { ...view, limit: 100 }),
    certificateFacets(ctx, {}),
    certificateRunOut(ctx, {}),
  ]);
  const rights = {
    revoke: may(ctx.role, "certificate.revoke"),
    rotate: may(ctx.role, "certificate.rotate"),
  };
  return (
    <CertificatesFrame role={ctx.role}>
      <RunOutCard first={runOut} />
      <CertificateTable
        first={{ view: certificateViewToParams(view).toString(), list }}
        facets={facets}
        may={rights}
      />
    </CertificatesFrame>
  );
}
