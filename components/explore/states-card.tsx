"use client";
import { StateTimeline } from "#components/charts/state-timeline.tsx";
import type { TimeRange } from "#components/charts/series.ts";
import { chartText } from "#components/strings/charts.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import type { StateAnswer, StateRun } from "#server/domain/telemetry-query.ts";

function stateWords(value: StateRun[2]): string {
  if (typeof value === "boolean") return value ? chartText.on : chartText.off;
  return String(value);
}

/** Texts and other states over time: a card for each metric, a line for each device. */
export function StatesCards({
  states,
  range,
}: {
  readonly states: StateAnswer;
  readonly range: TimeRange;
}) {
  const byMetric = [...Map.groupBy(states.series, ({ metric }) => metric)];
  return byMetric.map(([metric, series], index) => (
    <Card key={metric} labelledBy={`states-${index}`}>
      <CardHeader id={`states-${index}`} title={metric} />
      <CardBody>
        <StateTimeline
          label={exploreText.statesOf(metric)}
          range={range}
          rows={series.map(({ device, runs }) => ({
            id: device.id,
            label: device.name,
            runs: runs.map(([from, to, value]) => ({ from, to, state: stateWords(value) })),
          }))}
        />
      </CardBody>
    </Card>
  ));
}
