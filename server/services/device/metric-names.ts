import { z } from "zod";
import { listMetricNames, type MetricName } from "#server/db/list-metric-names.ts";
import { defineQuery } from "#server/services/query.ts";

const most = 500;

/** The metrics by which the fleet can be narrowed and that can be columns, by name. */
export const metricNames = defineQuery({
  name: "device.metricNames",
  can: "fleet.view",
  input: z.object({}),
  run: ({ ctx, tx }): Promise<readonly MetricName[]> =>
    listMetricNames(tx, { tenantId: ctx.tenantId, most }),
});
