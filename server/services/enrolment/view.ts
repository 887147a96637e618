import type { Tx } from "#server/db/client.ts";
import type { EnrolmentKind, EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import type { Context } from "#server/services/context.ts";
import { readRules } from "#server/services/enrolment/internal.ts";

/** A group as a list shows it. Times are ISO 8601 in UTC. */
export type EnrolmentGroupSummary = {
  /** UUID. */
  readonly id: string;
  readonly name: string;
  readonly kind: EnrolmentKind;
  /** What devices call it. */
  readonly publicId: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly profileId: string;
  readonly profileName: string;
  /** Devices that came by it. */
  readonly enrolled: number;
  readonly maxDevices: number | null;
  /** Requests that wait for a person. */
  readonly pending: number;
  readonly createdAt: string;
};

export const groupColumns = {
  id: true,
  name: true,
  kind: true,
  publicId: true,
  enabled: true,
  version: true,
  enrolled: true,
  createdAt: true,
} as const;

type GroupRow = {
  readonly id: string;
  readonly name: string;
  readonly kind: EnrolmentKind;
  readonly publicId: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly enrolled: number;
  readonly createdAt: Date;
};

type At = { readonly ctx: Pick<Context, "tenantId">; readonly tx: Tx };

async function rulesOf({ ctx, tx }: At, groups: readonly GroupRow[]) {
  const rows = await tx.enrolmentGroupVersion.findMany({
    where: {
      tenantId: ctx.tenantId,
      OR: groups.map(({ id, version }) => ({ groupId: id, version })),
    },
    select: { groupId: true, rules: true },
  });
  return new Map(rows.map(({ groupId, rules }) => [groupId, readRules(rules)] as const));
}

async function pendingOf({ ctx, tx }: At): Promise<ReadonlyMap<string, number>> {
  const counts = await tx.enrolmentRequest.groupBy({
    by: ["groupId"],
    where: { tenantId: ctx.tenantId, state: "pending" },
    _count: { _all: true },
  });
  return new Map(counts.map(({ groupId, _count }) => [groupId, _count._all]));
}

async function profileNames(
  { ctx, tx }: At,
  rules: Iterable<EnrolmentRules>,
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(Array.from(rules, ({ profileId }) => profileId))];
  const rows = await tx.profile.findMany({
    where: { tenantId: ctx.tenantId, id: { in: ids } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Groups with the rules that count and what waits. */
export async function summariesOf(
  at: At,
  groups: readonly GroupRow[],
): Promise<readonly { readonly summary: EnrolmentGroupSummary; readonly rules: EnrolmentRules }[]> {
  if (groups.length === 0) return [];
  const [rules, pending] = [await rulesOf(at, groups), await pendingOf(at)];
  const names = await profileNames(at, rules.values());
  return groups.flatMap((group) => {
    const own = rules.get(group.id);
    if (own === undefined) return [];
    const { createdAt, ...row } = group;
    const summary = {
      ...row,
      profileId: own.profileId,
      profileName: names.get(own.profileId) ?? "",
      maxDevices: own.maxDevices,
      pending: pending.get(group.id) ?? 0,
      createdAt: createdAt.toISOString(),
    };
    return [{ summary, rules: own }];
  });
}
