import { countDevices } from "#server/db/count-devices.ts";
import type { Database, Tx } from "#server/db/client.ts";
import { resolveFleetFilter } from "#server/db/resolve-fleet-filter.ts";
import type { Context } from "#server/services/context.ts";
import { groupListSchema, maxGroups } from "#server/services/group/schemas.ts";
import { groupColumns, groupView, type GroupView } from "#server/services/group/view.ts";
import { defineQuery } from "#server/services/query.ts";

export type Counted = { readonly count: number; readonly more: boolean };
export type GroupListed = GroupView & {
  /** Seconds old at most; null: not counted this time, because the others took long enough. */
  readonly members: Counted | null;
};

/** A list says "more than a thousand"; the group's own page counts all. */
const bound = 1_000;
/** Counting for one answer ends after this; what was not counted comes with the next. */
const patienceMs = 500;
const keepMs = (tookMs: number) => Math.max(5_000, tookMs * 20);

type Kept = { readonly until: number; readonly members: Counted };
const kept = new WeakMap<Database, Map<string, Kept>>();

/** The organisation's groups by name, with how many devices each has. */
export const listGroups = defineQuery({
  name: "group.list",
  can: "fleet.view",
  input: groupListSchema,
  run: async ({ ctx, tx }): Promise<readonly GroupListed[]> => {
    const rows = await tx.deviceGroup.findMany({
      where: { tenantId: ctx.tenantId },
      orderBy: [{ name: "asc" }],
      take: maxGroups,
      select: groupColumns,
    });
    const endsAt = ctx.now().getTime() + patienceMs;
    const listed: GroupListed[] = [];
    for (const group of rows.map(groupView)) {
      listed.push({ ...group, members: await membersOf(ctx, tx, group, endsAt) });
    }
    return listed;
  },
});

async function membersOf(
  ctx: Context,
  tx: Tx,
  group: GroupView,
  endsAt: number,
): Promise<Counted | null> {
  const counts = kept.get(ctx.db) ?? new Map<string, Kept>();
  kept.set(ctx.db, counts);
  const key = `${ctx.tenantId} ${group.id} ${group.revision}`;
  const now = ctx.now();
  const known = counts.get(key);
  if (known !== undefined && (now.getTime() < known.until || now.getTime() > endsAt)) {
    return known.members;
  }
  if (now.getTime() > endsAt) return null;
  const filter = await resolveFleetFilter(tx, ctx.tenantId, group.filter);
  const { tenantId } = ctx;
  const count = await countDevices(tx, { filter, bound: bound + 1, tenantId, now });
  const members = { count: Math.min(count, bound), more: count > bound };
  const doneAt = ctx.now().getTime();
  if (counts.size > 10 * maxGroups) counts.clear();
  counts.set(key, { until: doneAt + keepMs(doneAt - now.getTime()), members });
  return members;
}
