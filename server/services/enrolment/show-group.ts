import type { Tx } from "#server/db/client.ts";
import type { EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import type { Context } from "#server/services/context.ts";
import { findGroupRow } from "#server/services/enrolment/find-group.ts";
import { readRules } from "#server/services/enrolment/internal.ts";
import { enrolmentGroupTarget } from "#server/services/enrolment/schemas.ts";
import { summariesOf, type EnrolmentGroupSummary } from "#server/services/enrolment/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** One version of a group's rules. Times are ISO 8601 in UTC, here and below. */
type EnrolmentVersionView = {
  readonly version: number;
  readonly rules: EnrolmentRules;
  readonly notes: string;
  readonly createdAt: string;
  readonly createdBy: string;
};

/** A claim certificate or a secret, without what would let anybody use it. */
type EnrolmentCredentialView = {
  readonly id: string;
  readonly kind: "certificate" | "secret";
  readonly name: string;
  /** Of a certificate, lower-case hex. */
  readonly sha256: string | null;
  readonly uses: number;
  readonly maxUses: number | null;
  readonly expiresAt: string;
  readonly expectedSerials: readonly string[];
  readonly usedAt: string | null;
  readonly revokedAt: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
};

/** A CA of the customer. */
type CustomerCaView = {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly state: "unproven" | "active" | "disabled";
  /** Common name of the certificate that proves possession of its key. */
  readonly challenge: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly provenAt: string | null;
  readonly createdAt: string;
};

export type EnrolmentGroupView = EnrolmentGroupSummary & {
  readonly rules: EnrolmentRules;
  /** Newest first. */
  readonly versions: readonly EnrolmentVersionView[];
  readonly credentials: readonly EnrolmentCredentialView[];
  readonly authorities: readonly CustomerCaView[];
};

type At = { readonly ctx: Context; readonly tx: Tx; readonly groupId: string };

async function versionsOf({ ctx, tx, groupId }: At): Promise<readonly EnrolmentVersionView[]> {
  const rows = await tx.enrolmentGroupVersion.findMany({
    where: { tenantId: ctx.tenantId, groupId },
    orderBy: { version: "desc" },
    take: 100,
    select: { version: true, rules: true, notes: true, createdAt: true, createdBy: true },
  });
  return rows.map(({ rules, createdAt, ...row }) => ({
    ...row,
    rules: readRules(rules),
    createdAt: createdAt.toISOString(),
  }));
}

async function credentialsOf({
  ctx,
  tx,
  groupId,
}: At): Promise<readonly EnrolmentCredentialView[]> {
  const rows = await tx.enrolmentCredential.findMany({
    where: { tenantId: ctx.tenantId, groupId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: 500,
    omit: { tenantId: true, groupId: true, pem: true, secretHash: true },
  });
  return rows.map(({ kind, expiresAt, usedAt, revokedAt, createdAt, ...row }) => ({
    ...row,
    kind: kind === "certificate" ? "certificate" : "secret",
    expiresAt: expiresAt.toISOString(),
    usedAt: usedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  }));
}

async function authoritiesOf({ ctx, tx, groupId }: At): Promise<readonly CustomerCaView[]> {
  const rows = await tx.customerCa.findMany({
    where: { tenantId: ctx.tenantId, groupId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: 100,
    select: {
      id: true,
      name: true,
      subject: true,
      sha256: true,
      state: true,
      challenge: true,
      notBefore: true,
      notAfter: true,
      provenAt: true,
      createdAt: true,
    },
  });
  return rows.map(({ notBefore, notAfter, provenAt, createdAt, ...row }) => ({
    ...row,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    provenAt: provenAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  }));
}

/**
 * A group with its rules, their versions, its credentials and its CAs.
 * @throws ServiceError not_found
 */
export const showEnrolmentGroup = defineQuery({
  name: "enrolmentGroup.show",
  can: "enrolment.view",
  input: enrolmentGroupTarget,
  run: async ({ ctx, tx, input }): Promise<EnrolmentGroupView> => {
    const row = await findGroupRow({ ctx, tx }, input.groupId);
    const [found] = await summariesOf({ ctx, tx }, [row]);
    if (found === undefined) throw new Error(`The group ${row.id} has no version ${row.version}.`);
    const at = { ctx, tx, groupId: row.id };
    return {
      ...found.summary,
      rules: found.rules,
      versions: await versionsOf(at),
      credentials: await credentialsOf(at),
      authorities: await authoritiesOf(at),
    };
  },
});
