import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { CertificatePage } from "#components/certificate/certificate-page.tsx";
import { certificateText } from "#components/strings/certificates.ts";
import { may } from "#server/domain/roles.ts";
import { certificateShowSchema } from "#server/services/certificate/query-schemas.ts";
import { showCertificate } from "#server/services/certificate/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: certificateText.title };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function Page({ params }: Props) {
  const ctx = await requireSession();
  const { id } = await params;
  const asked = certificateShowSchema.safeParse({ certificateId: id });
  if (!asked.success) notFound();
  const certificate = await found(showCertificate(ctx, asked.data));
  return (
    <CertificatePage
      key={certificate.id}
      first={certificate}
      may={{
        revoke: may(ctx.role, "certificate.revoke"),
        rotate: may(ctx.role, "certificate.rotate"),
        authorities: may(ctx.role, "authority.view"),
      }}
    />
  );
}
