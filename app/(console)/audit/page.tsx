import type { Metadata } from "next";
import { auditFilterFrom, auditFilterInput } from "#components/audit/audit-filter.ts";
import { AuditTrail } from "#components/audit/audit-trail.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { auditText } from "#components/strings/audit.ts";
import { may } from "#server/domain/roles.ts";
import { listAudit } from "#server/services/audit/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: auditText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function AuditPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "audit.view")) return <NoPermission />;
  const search = await searchParams;
  const filter = auditFilterFrom((key) => [search[key]].flat()[0]);
  const first = await listAudit(ctx, auditFilterInput(filter));
  return <AuditTrail filter={filter} first={first} />;
}
