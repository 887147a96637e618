import type { Metadata } from "next";
import { CertificatesFrame } from "#components/certificate/certificates-frame.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { RevocationList } from "#components/revocation/revocation-list.tsx";
import {
  revocationsFilterFrom,
  revocationsInput,
} from "#components/revocation/revocation-queries.ts";
import { revocationText } from "#components/strings/revocation.ts";
import { listRevocations } from "#server/services/revocation/list.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: revocationText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function RevocationsPage({ searchParams }: Props) {
  const ctx = await requireSession();
  const search = await searchParams;
  const filter = revocationsFilterFrom((name) => [search[name]].flat()[0] ?? null);
  const first = await permitted(listRevocations(ctx, revocationsInput(filter)));
  if (first === undefined) return <NoPermission />;
  return (
    <CertificatesFrame role={ctx.role}>
      <RevocationList filter={filter} first={first} />
    </CertificatesFrame>
  );
}
