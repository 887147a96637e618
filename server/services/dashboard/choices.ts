import { z } from "zod";
import { listMetricNames } from "#server/db/list-metric-names.ts";
import { defineQuery } from "#server/services/query.ts";

type Named = { readonly id: string; readonly name: string };

/** What a widget or a variable can name, besides devices: those are searched for. */
export type DashboardChoices = {
  readonly profiles: readonly Named[];
  readonly groups: readonly Named[];
  readonly metrics: readonly {
    readonly name: string;
    readonly type: string;
    readonly unit: string | null;
  }[];
};

/** Profiles, groups and metrics by name, at most 500, 500 and 2000. */
export const dashboardChoices = defineQuery({
  name: "dashboard.choices",
  can: "telemetry.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<DashboardChoices> => {
    const { tenantId } = ctx;
    const named = {
      where: { tenantId },
      orderBy: { name: "asc" },
      take: 500,
      select: { id: true, name: true },
    } as const;
    return {
      profiles: await tx.profile.findMany(named),
      groups: await tx.deviceGroup.findMany(named),
      metrics: await listMetricNames(tx, { tenantId, most: 2_000 }),
    };
  },
});
