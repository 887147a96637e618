import { severities, type Severity } from "#server/domain/alert.ts";
import { alertCountsSchema } from "#server/services/alert/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** How many alerts stand. */
export type AlertCounts = {
  /** Nobody has seen them. */
  readonly open: number;
  readonly acknowledged: number;
  /** Open ones by severity. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
};

/** Alerts that are not resolved, counted by state and severity. */
export const countAlerts = defineQuery({
  name: "alert.counts",
  can: "alert.view",
  input: alertCountsSchema,
  run: async ({ ctx, tx }): Promise<AlertCounts> => {
    const groups = await tx.alert.groupBy({
      by: ["state", "severity"],
      where: { tenantId: ctx.tenantId, state: { in: ["open", "acknowledged"] } },
      _count: { _all: true },
    });
    const count = (fits: (group: (typeof groups)[number]) => boolean): number =>
      groups.filter(fits).reduce((sum, { _count }) => sum + _count._all, 0);
    const openOf = (severity: Severity) =>
      count((group) => group.state === "open" && group.severity === severity);
    const [info, warning, critical] = severities;
    return {
      open: count(({ state }) => state === "open"),
      acknowledged: count(({ state }) => state === "acknowledged"),
      bySeverity: {
        info: openOf(info),
        warning: openOf(warning),
        critical: openOf(critical),
      },
    };
  },
});
