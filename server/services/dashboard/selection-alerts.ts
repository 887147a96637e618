import { findSelectionAlerts } from "#server/db/find-selection-alerts.ts";
import type { Tx } from "#server/db/client.ts";
import { isNarrowed } from "#server/domain/fleet-filter.ts";
import { alertColumns, alertView, type AlertView } from "#server/services/alert/view.ts";
import { selectionAlertsSchema } from "#server/services/dashboard/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/**
 * Standing alerts about devices of a selection, the newest first. A selection of every device has the
 * organisation's other alerts as well: of its CAs, listeners and campaigns.
 */
export const selectionAlerts = defineQuery({
  name: "dashboard.alerts",
  can: "alert.view",
  input: selectionAlertsSchema,
  run: async ({ ctx, tx, input }): Promise<readonly AlertView[]> => {
    const { tenantId } = ctx;
    const { devices, ...which } = input;
    if (devices.by === "filter" && !isNarrowed(devices.filter)) {
      return newestAlerts(tx, { tenantId, ...which });
    }
    const ids = await findSelectionAlerts(tx, devices, { tenantId, now: ctx.now(), ...which });
    const rows = await tx.alert.findMany({
      where: { tenantId, id: { in: [...ids] } },
      orderBy: [{ lastAt: "desc" }, { id: "asc" }],
      select: alertColumns,
    });
    return rows.map(alertView);
  },
});

async function newestAlerts(
  tx: Tx,
  {
    tenantId,
    severities,
    limit,
  }: {
    readonly tenantId: string;
    readonly severities: readonly string[];
    readonly limit: number;
  },
): Promise<readonly AlertView[]> {
  const rows = await tx.alert.findMany({
    where: {
      tenantId,
      state: { in: ["open", "acknowledged"] },
      ...(severities.length > 0 && { severity: { in: [...severities] } }),
    },
    orderBy: [{ lastAt: "desc" }, { id: "asc" }],
    take: limit,
    select: alertColumns,
  });
  return rows.map(alertView);
}
