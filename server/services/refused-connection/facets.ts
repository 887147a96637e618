import { limitStatements } from "#server/db/read-series.ts";
import { defineQuery } from "#server/services/query.ts";
import { refusalConditions } from "#server/services/refused-connection/conditions.ts";
import { refusedConnectionFacetsSchema } from "#server/services/refused-connection/schemas.ts";

/** A cause with how many entries and how many attempts it has. */
export type RefusalFacet = {
  readonly cause: string;
  readonly entries: number;
  /** Since each entry began; an entry counts as long as it was refused within the window. */
  readonly attempts: number;
  /** ISO 8601. */
  readonly lastAt: string;
};

const timeoutMs = 5000;

/** The refusals within a filter counted by cause, most attempts first. */
export const refusedConnectionFacets = defineQuery({
  name: "refusedConnection.facets",
  can: "fleet.view",
  input: refusedConnectionFacetsSchema,
  run: async ({ ctx, tx, input }): Promise<readonly RefusalFacet[]> => {
    await limitStatements(tx, timeoutMs);
    const groups = await tx.refusedConnection.groupBy({
      by: ["reason"],
      where: await refusalConditions({ ctx, tx }, input),
      _count: { _all: true },
      _sum: { count: true },
      _max: { lastAt: true },
    });
    return groups
      .map(({ reason, _count, _sum, _max }) => ({
        cause: reason,
        entries: _count._all,
        attempts: Number(_sum.count ?? 0n),
        lastAt: (_max.lastAt ?? ctx.now()).toISOString(),
      }))
      .toSorted((a, b) => b.attempts - a.attempts || a.cause.localeCompare(b.cause));
  },
});
