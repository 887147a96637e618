import { useScope } from "#components/dashboard/dashboard-scope.tsx";
import { useMetricUnits } from "#components/units/use-metric-units.ts";
import type { MeasuredWidget } from "#server/domain/dashboard.ts";
import { resolveWidget } from "#server/domain/dashboard-variables.ts";
import type { Display } from "#server/domain/units.ts";

/**
 * How the limits of a widget are shown where they are entered: as the values of its first metric
 * are. Undefined until the metric's unit is known.
 */
export function useLimitDisplay(widget: MeasuredWidget): Display | undefined {
  const { variables, choice } = useScope();
  const units = useMetricUnits();
  const [metric] = resolveWidget(widget, variables, choice.values).metrics;
  return units?.(metric, "aggregate" in widget ? widget.aggregate : undefined);
}
