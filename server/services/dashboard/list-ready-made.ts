import { z } from "zod";
import type { ReadyMadeSummary } from "#server/services/dashboard/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** Profiles that have a ready-made dashboard: those with devices first, at most 200. */
export const listReadyMade = defineQuery({
  name: "dashboard.listReadyMade",
  can: "telemetry.view",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<readonly ReadyMadeSummary[]> => {
    const rows = await tx.profile.findMany({
      where: { tenantId: ctx.tenantId },
      orderBy: { name: "asc" },
      take: 200,
      select: {
        id: true,
        name: true,
        description: true,
        _count: { select: { devices: { where: { state: { not: "decommissioned" } } } } },
        schema: { select: { _count: { select: { fields: true } } } },
      },
    });
    return rows
      .map(({ id, name, description, _count, schema }) => ({
        profileId: id,
        name,
        description,
        devices: _count.devices,
        fields: schema._count.fields,
      }))
      .toSorted((a, b) => Number(b.devices > 0) - Number(a.devices > 0));
  },
});
