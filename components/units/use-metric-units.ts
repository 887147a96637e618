import { useQuery } from "@tanstack/react-query";
import { dashboardChoicesQuery } from "#components/dashboard/dashboard-queries.ts";
import { useUnits } from "#components/units/units-provider.tsx";
import type { Aggregate } from "#server/domain/telemetry-query.ts";
import type { Display } from "#server/domain/units.ts";

/** How the values of a metric are shown that is known by its name only. */
export type MetricUnits = (metric: string | undefined, aggregate?: Aggregate) => Display;

/**
 * For limits that people enter before there is any value. A metric whose name is in different units
 * has none. Undefined until the units are known, so that nobody enters a number in another one.
 */
export function useMetricUnits(): MetricUnits | undefined {
  const units = useUnits();
  const { data, isPending } = useQuery(dashboardChoicesQuery);
  if (isPending) return undefined;
  return (metric, aggregate) =>
    units(data?.metrics.find(({ name }) => name === metric)?.unit, aggregate);
}
