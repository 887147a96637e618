import type { Metadata } from "next";
import { AuthoritiesOverview } from "#components/authority/authorities-overview.tsx";
import { CertificatesFrame } from "#components/certificate/certificates-frame.tsx";
import { ListsCard } from "#components/certificate/lists-card.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { authorityText } from "#components/strings/authority.ts";
import { may } from "#server/domain/roles.ts";
import { listAuthorities } from "#server/services/authority/list.ts";
import { listCrls } from "#server/services/revocation-list/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: authorityText.title };

export default async function AuthoritiesPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "authority.view")) return <NoPermission />;
  const [authorities, lists] = await Promise.all([listAuthorities(ctx, {}), listCrls(ctx, {})]);
  const canManage = may(ctx.role, "authority.manage");
  return (
    <CertificatesFrame role={ctx.role}>
      <AuthoritiesOverview first={authorities} canManage={canManage} />
      <ListsCard first={lists} mayPublish={canManage && authorities.operator} />
    </CertificatesFrame>
  );
}
