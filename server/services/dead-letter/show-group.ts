import { readDeadLetterGroups, readDeadLetterOrigins } from "#server/db/read-dead-letter-groups.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { withTrends, type DeadLetterGroup } from "#server/services/dead-letter/group-view.ts";
import { toRunView, type RunView } from "#server/services/dead-letter/run-view.ts";
import { deadLetterGroupShowSchema } from "#server/services/dead-letter/schemas.ts";
import { noGroup } from "#server/services/dead-letter/internal.ts";
import { defineQuery } from "#server/services/query.ts";

export type DeadLetterGroupDetail = DeadLetterGroup & {
  /** Most frequent first, among the newest letters. */
  readonly topDevices: readonly { readonly deviceId: string; readonly count: number }[];
  /** Null where the device never named its firmware. */
  readonly firmware: readonly { readonly firmware: string | null; readonly count: number }[];
  /** Newest first. */
  readonly runs: readonly RunView[];
};

const timeoutMs = 5000;
const newest = 20_000;
const mostRuns = 20;

/**
 * A cause: its counts, whom it concerns, and what was done about it.
 * @throws ServiceError not_found
 */
export const showDeadLetterGroup = defineQuery({
  name: "deadLetter.showGroup",
  can: "deadLetter.view",
  input: deadLetterGroupShowSchema,
  run: async ({ ctx, tx, input }): Promise<DeadLetterGroupDetail> => {
    await limitStatements(tx, timeoutMs);
    const { tenantId } = ctx;
    const { fingerprint } = input;
    const rows = await readDeadLetterGroups(tx, {
      tenantId,
      fingerprint,
      openOnly: false,
      limit: 1,
    });
    const [group] = await withTrends(tx, rows, { tenantId, now: ctx.now(), newest });
    if (group === undefined) throw noGroup();
    const origins = await readDeadLetterOrigins(tx, { tenantId, fingerprint, newest });
    const runs = await tx.deadLetterRun.findMany({
      where: { tenantId, fingerprint },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: mostRuns,
    });
    return {
      ...group,
      topDevices: origins.devices,
      firmware: origins.firmware,
      runs: runs.map((row) => toRunView(row, ctx.now())),
    };
  },
});
