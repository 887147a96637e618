import { findTags, type TagRow } from "#server/db/find-tags.ts";
import { searchDevices, type DeviceHitRow } from "#server/db/search-devices.ts";
import { may } from "#server/domain/roles.ts";
import { visibleTo } from "#server/services/dashboard/internal.ts";
import { paletteSchema } from "#server/services/palette/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

type Named = { readonly id: string; readonly name: string };

/** A few things of the organisation for a few letters. */
export type PaletteFinds = {
  readonly devices: readonly DeviceHitRow[];
  readonly tags: readonly TagRow[];
  readonly groups: readonly Named[];
  readonly dashboards: readonly Named[];
};

const most = { devices: 8, others: 4 };

/** Finds devices by name, id or serial, tags, groups and dashboards by part of their name. */
export const findForPalette = defineQuery({
  name: "palette.find",
  can: "fleet.view",
  input: paletteSchema,
  run: async ({ ctx, tx, input: { text } }): Promise<PaletteFinds> => {
    const { tenantId } = ctx;
    const name = { contains: text, mode: "insensitive" as const };
    return {
      devices: await searchDevices(tx, { tenantId, text, limit: most.devices }),
      tags: await findTags(tx, { tenantId, text, limit: most.others }),
      groups: await tx.deviceGroup.findMany({
        where: { tenantId, name },
        orderBy: { name: "asc" },
        take: most.others,
        select: { id: true, name: true },
      }),
      dashboards: may(ctx.role, "telemetry.view")
        ? await tx.dashboard.findMany({
            where: { AND: [{ tenantId }, visibleTo(ctx), { name }] },
            orderBy: [{ changedAt: "desc" }, { id: "asc" }],
            take: most.others,
            select: { id: true, name: true },
          })
        : [],
    };
  },
});
