import { standingSql } from "#server/db/certificate-standing-sql.ts";
import type { ReadAt } from "#server/db/device-columns.ts";
import { Prisma } from "#server/db/generated/client.ts";
import { kindLeads } from "#server/domain/certificate-kind.ts";

type Kind = keyof typeof kindLeads;

type Other = {
  readonly kind: Prisma.Sql;
  readonly id: Prisma.Sql;
  readonly name: Prisma.Sql;
  readonly from: Prisma.Sql;
  readonly notBefore: Prisma.Sql;
  readonly notAfter: Prisma.Sql;
  readonly state: Prisma.Sql;
  readonly subject?: Prisma.Sql;
  readonly issuer?: Prisma.Sql;
  readonly serial?: Prisma.Sql;
  readonly sha256?: Prisma.Sql;
  readonly keyAlgorithm?: Prisma.Sql;
  readonly pem?: Prisma.Sql;
  readonly groupId?: Prisma.Sql;
  readonly profileId?: Prisma.Sql;
  /** Share of its life after which it is renewed by itself; NULL where people do it. */
  readonly dueShare?: Prisma.Sql;
  readonly soonDays?: Prisma.Sql;
  readonly criticalDays?: Prisma.Sql;
};

const leads = (kind: Kind) => ({
  soonDays: Prisma.sql`${kindLeads[kind].soonDays}::int`,
  criticalDays: Prisma.sql`${kindLeads[kind].criticalDays}::int`,
});

/** One kind as rows of one shape. */
function rowsOf(of: Other): Prisma.Sql {
  const empty = Prisma.sql`''`;
  const none = Prisma.sql`NULL::uuid`;
  return Prisma.sql`SELECT ${of.kind} AS kind, ${of.id} AS id, ${of.name} AS name,
    ${of.subject ?? empty} AS subject, ${of.issuer ?? empty} AS issuer, ${of.serial ?? empty} AS serial,
    ${of.sha256 ?? empty} AS sha256, ${of.keyAlgorithm ?? empty} AS key_algorithm,
    ${of.pem ?? Prisma.sql`NULL`} AS pem, ${of.groupId ?? none} AS group_id,
    ${of.profileId ?? none} AS profile_id, ${of.notBefore} AS not_before, ${of.notAfter} AS not_after,
    ${of.state} AS state, ${of.dueShare ?? Prisma.sql`NULL::float8`} AS due_share,
    ${of.soonDays ?? Prisma.sql`0`} AS soon_days, ${of.criticalDays ?? Prisma.sql`NULL::int`} AS critical_days
    FROM ${of.from}`;
}

const authorities = rowsOf({
  kind: Prisma.sql`a.kind`,
  id: Prisma.sql`a.sha256`,
  name: Prisma.sql`a.subject`,
  from: Prisma.sql`certificate_authority a`,
  notBefore: Prisma.sql`a.not_before`,
  notAfter: Prisma.sql`a.not_after`,
  state: Prisma.sql`CASE a.state WHEN 'active' THEN 'active' WHEN 'trusted' THEN 'superseded' ELSE 'retired' END`,
  subject: Prisma.sql`a.subject`,
  serial: Prisma.sql`a.serial`,
  sha256: Prisma.sql`a.sha256`,
  keyAlgorithm: Prisma.sql`a.key_algorithm`,
  pem: Prisma.sql`a.pem`,
  soonDays: Prisma.sql`CASE a.kind WHEN 'root' THEN ${leads("root").soonDays} ELSE ${leads("issuing").soonDays} END`,
  criticalDays: Prisma.sql`CASE a.kind WHEN 'root' THEN ${leads("root").criticalDays} ELSE ${leads("issuing").criticalDays} END`,
});

const servers = rowsOf({
  kind: Prisma.sql`'server'`,
  id: Prisma.sql`v.sha256`,
  name: Prisma.sql`COALESCE(NULLIF(array_to_string(v.hosts, ', '), ''), v.subject)`,
  from: Prisma.sql`server_certificate v`,
  notBefore: Prisma.sql`v.not_before`,
  notAfter: Prisma.sql`v.not_after`,
  state: Prisma.sql`CASE WHEN v.replaced_at IS NULL THEN 'active' ELSE 'retired' END`,
  subject: Prisma.sql`v.subject`,
  issuer: Prisma.sql`v.issuer`,
  serial: Prisma.sql`v.serial`,
  sha256: Prisma.sql`v.sha256`,
  keyAlgorithm: Prisma.sql`v.key_algorithm`,
  pem: Prisma.sql`v.pem`,
  dueShare: Prisma.sql`CASE WHEN v.source IN ('own-ca', 'acme') THEN 2.0::float8 / 3 END`,
  ...leads("server"),
});

const lists = rowsOf({
  kind: Prisma.sql`'crl'`,
  id: Prisma.sql`l.issuer_sha256 || ':' || l.kind`,
  name: Prisma.sql`COALESCE(i.subject, l.issuer_sha256) || CASE l.kind WHEN 'delta' THEN ' (delta)' ELSE '' END`,
  // Only the newest of each kind is anybody's business.
  from: Prisma.sql`(SELECT DISTINCT ON (issuer_sha256, kind) issuer_sha256, kind, number, this_update, next_update
      FROM certificate_revocation_list ORDER BY issuer_sha256, kind, number DESC) l
    LEFT JOIN certificate_authority i ON i.sha256 = l.issuer_sha256`,
  notBefore: Prisma.sql`l.this_update`,
  notAfter: Prisma.sql`l.next_update`,
  state: Prisma.sql`CASE WHEN i.state = 'retired' THEN 'retired' ELSE 'active' END`,
  issuer: Prisma.sql`COALESCE(i.subject, '')`,
  serial: Prisma.sql`l.number::text`,
  dueShare: Prisma.sql`1.0::float8 / 3`,
});

const claims = (tenantId: string) =>
  rowsOf({
    kind: Prisma.sql`'claim'`,
    id: Prisma.sql`e.id::text`,
    name: Prisma.sql`e.name`,
    from: Prisma.sql`enrolment_credential e WHERE e.tenant_id = ${tenantId}::uuid AND e.pem IS NOT NULL`,
    notBefore: Prisma.sql`e.created_at`,
    notAfter: Prisma.sql`e.expires_at`,
    state: Prisma.sql`CASE WHEN e.revoked_at IS NOT NULL THEN 'revoked'
      WHEN e.uses >= e.max_uses THEN 'retired' ELSE 'active' END`,
    sha256: Prisma.sql`COALESCE(e.sha256, '')`,
    pem: Prisma.sql`e.pem`,
    groupId: Prisma.sql`e.group_id`,
    ...leads("claim"),
  });

const customers = (tenantId: string) =>
  rowsOf({
    kind: Prisma.sql`'customer_ca'`,
    id: Prisma.sql`b.id::text`,
    name: Prisma.sql`b.name`,
    from: Prisma.sql`customer_ca b WHERE b.tenant_id = ${tenantId}::uuid`,
    notBefore: Prisma.sql`b.not_before`,
    notAfter: Prisma.sql`b.not_after`,
    state: Prisma.sql`CASE b.state WHEN 'unproven' THEN 'issued' WHEN 'disabled' THEN 'suspended' ELSE 'active' END`,
    subject: Prisma.sql`b.subject`,
    sha256: Prisma.sql`b.sha256`,
    pem: Prisma.sql`b.pem`,
    groupId: Prisma.sql`b.group_id`,
    ...leads("customer_ca"),
  });

const anchors = (tenantId: string) =>
  rowsOf({
    kind: Prisma.sql`'trust_anchor'`,
    id: Prisma.sql`t.id::text`,
    name: Prisma.sql`t.name`,
    from: Prisma.sql`trust_anchor t WHERE t.tenant_id = ${tenantId}::uuid`,
    notBefore: Prisma.sql`t.not_before`,
    notAfter: Prisma.sql`t.not_after`,
    state: Prisma.sql`'active'`,
    subject: Prisma.sql`t.subject`,
    sha256: Prisma.sql`t.sha256`,
    pem: Prisma.sql`t.pem`,
    profileId: Prisma.sql`t.profile_id`,
    ...leads("trust_anchor"),
  });

/**
 * Everything that runs out and is no device's certificate, as one relation with its standing: of the
 * tenant, and with `installation` what belongs to the installation.
 */
export function otherCertificatesSql(
  { tenantId, now }: ReadAt,
  { installation }: { readonly installation: boolean },
): Prisma.Sql {
  const rows = [claims(tenantId), customers(tenantId), anchors(tenantId)];
  if (installation) rows.push(authorities, servers, lists);
  const columns = {
    state: Prisma.sql`u.state`,
    notAfter: Prisma.sql`u.not_after`,
    dueAt: Prisma.sql`u.due_at`,
    overdueAt: Prisma.sql`u.due_at + (u.not_after - u.not_before) * 0.1`,
    soonAt: Prisma.sql`u.not_after - u.soon_days * interval '24 hours'`,
    criticalAt: Prisma.sql`COALESCE(u.not_after - u.critical_days * interval '24 hours', u.not_after - (u.not_after - u.not_before) / 6)`,
  };
  return Prisma.sql`(SELECT u.*, ${standingSql(columns, now)} AS standing FROM (
    SELECT r.*, r.not_before + (r.not_after - r.not_before) * r.due_share AS due_at
    FROM (${Prisma.join(rows, " UNION ALL ")}) r) u)`;
}
