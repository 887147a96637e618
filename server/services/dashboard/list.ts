import { z } from "zod";
import { summaryOf, visibleTo } from "#server/services/dashboard/internal.ts";
import { listDashboardsSchema } from "#server/services/dashboard/schemas.ts";
import type { DashboardSummary } from "#server/services/dashboard/view.ts";
import { defineQuery } from "#server/services/query.ts";

const countable = z.object({ widgets: z.array(z.unknown()) });

export type DashboardList = {
  readonly dashboards: readonly DashboardSummary[];
  /** There are more than were asked for. */
  readonly isCut: boolean;
};

/** The caller's own dashboards and those that are shared, what was changed last first. */
export const listDashboards = defineQuery({
  name: "dashboard.list",
  can: "telemetry.view",
  input: listDashboardsSchema,
  run: async ({ ctx, tx, input }): Promise<DashboardList> => {
    const rows = await tx.dashboard.findMany({
      where: visibleTo(ctx),
      orderBy: [{ changedAt: "desc" }, { id: "asc" }],
      take: input.limit + 1,
    });
    return {
      dashboards: rows
        .slice(0, input.limit)
        .map((row) =>
          summaryOf(ctx, row, countable.safeParse(row.content).data?.widgets.length ?? 0),
        ),
      isCut: rows.length > input.limit,
    };
  },
});
