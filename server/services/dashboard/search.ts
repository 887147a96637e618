import { visibleTo } from "#server/services/dashboard/internal.ts";
import { searchDashboardsSchema } from "#server/services/dashboard/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

export type DashboardHit = { readonly id: string; readonly name: string };

/** Finds a few dashboards by part of their name, for the palette; without a text the newest. */
export const searchDashboards = defineQuery({
  name: "dashboard.search",
  can: "telemetry.view",
  input: searchDashboardsSchema,
  run: ({ ctx, tx, input }): Promise<readonly DashboardHit[]> =>
    tx.dashboard.findMany({
      where: {
        AND: [
          visibleTo(ctx),
          input.text === "" ? {} : { name: { contains: input.text, mode: "insensitive" } },
        ],
      },
      orderBy: [{ changedAt: "desc" }, { id: "asc" }],
      take: input.limit,
      select: { id: true, name: true },
    }),
});
