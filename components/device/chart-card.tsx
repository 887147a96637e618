"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { TimeRange } from "#components/charts/series.ts";
import { TimeSeries } from "#components/charts/time-series.tsx";
import { joinPoints, type Feed } from "#components/device/feed.ts";
import {
  rangeKeys,
  rangeMs,
  rangeStepMs,
  seriesQuery,
  type RangeKey,
} from "#components/device/telemetry-queries.ts";
import { shownValue, valueText } from "#components/device/value-text.ts";
import { chartPoints, pointsIn } from "#components/explore/telemetry-query.ts";
import { useLiveState } from "#components/layout/live-provider.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { useNow } from "#components/ui/clock.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Select } from "#components/ui/select.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { useUnits } from "#components/units/units-provider.tsx";
import type { DeviceSummary } from "#server/services/device/summary.ts";

/** The fields that can be drawn: numbers and switches. */
function metricsOf(latest: Feed["latest"]): readonly string[] {
  return Object.entries(latest)
    .filter(([, { v }]) => typeof v !== "string")
    .map(([name]) => name)
    .toSorted((a, b) => a.localeCompare(b));
}

/** One metric over time: history from the store, then every value as it is published. */
export function ChartCard({
  device,
  feed,
  units,
  startRange,
}: {
  readonly device: DeviceSummary;
  readonly feed: Feed;
  readonly units: Readonly<Record<string, string>>;
  readonly startRange: RangeKey;
}) {
  const [chosen, setChosen] = useState<string>();
  const [rangeKey, setRangeKey] = useState(startRange);
  const [zoom, setZoom] = useState<TimeRange | null>(null);
  const metrics = metricsOf(feed.latest);
  const metric = chosen ?? metrics[0];
  if (metric === undefined) {
    return (
      <Card>
        <EmptyState title={deviceText.noMetricTitle}>{deviceText.noMetricText}</EmptyState>
      </Card>
    );
  }
  return (
    <Card labelledBy="chart">
      <CardHeader
        id="chart"
        title={<Newest feed={feed} metric={metric} unit={units[metric]} />}
        aside={
          <span className="flex flex-wrap items-center gap-2">
            <Select
              aria-label={deviceText.metric}
              value={metric}
              onChange={(event) => setChosen(event.target.value)}
              options={metrics.map((name) => ({ value: name, label: name }))}
            />
            {zoom === null ? (
              <RangeSelect value={rangeKey} onChange={setRangeKey} />
            ) : (
              <Button onClick={() => setZoom(null)}>{deviceText.zoomOut}</Button>
            )}
          </span>
        }
      />
      <CardBody>
        <Line
          key={metric}
          {...{ device, feed, metric, rangeKey, zoom }}
          unit={units[metric]}
          onZoom={setZoom}
        />
      </CardBody>
    </Card>
  );
}

function RangeSelect({
  value,
  onChange,
}: {
  readonly value: RangeKey;
  readonly onChange: (range: RangeKey) => void;
}) {
  return (
    <Select
      aria-label={deviceText.range}
      value={value}
      onChange={(event) => onChange(rangeKeys.find((key) => key === event.target.value) ?? value)}
      options={rangeKeys.map((key) => ({ value: key, label: deviceText.ranges[key] }))}
    />
  );
}

function Newest({
  feed,
  metric,
  unit,
}: {
  readonly feed: Feed;
  readonly metric: string;
  readonly unit: string | undefined;
}) {
  const live = useLiveState() === "live";
  const latest = feed.latest[metric];
  const display = useUnits()(unit);
  return (
    <span className="flex flex-wrap items-baseline gap-x-2">
      {metric}
      {latest !== undefined && (
        <span className="font-normal text-ink-2" data-newest={metric}>
          <span className="text-lg font-semibold text-ink tabular-nums">
            {valueText(shownValue(latest.v, display))}
          </span>
          {display.unit !== "" && ` ${display.unit}`} · <RelativeTime value={latest.t} />
        </span>
      )}
      {!live && <span className="text-sm font-normal text-warn">{deviceText.notLive}</span>}
    </span>
  );
}

function Line({
  device: { id, expectedContactSeconds },
  feed,
  metric,
  unit,
  rangeKey,
  zoom,
  onZoom,
}: {
  readonly device: DeviceSummary;
  readonly feed: Feed;
  readonly metric: string;
  readonly unit: string | undefined;
  readonly rangeKey: RangeKey;
  readonly zoom: TimeRange | null;
  readonly onZoom: (range: TimeRange) => void;
}) {
  const step = rangeStepMs[rangeKey];
  const to = useNow((now) => Math.ceil(now / step) * step);
  const range = zoom ?? { from: to - rangeMs[rangeKey], to };
  const query = useQuery(seriesQuery(id, metric, zoom ?? rangeKey));
  const series = query.data?.series[0];
  const gapMs = series?.gapMs ?? 2_000 * expectedContactSeconds;
  const display = useUnits()(unit);
  const history = chartPoints(pointsIn(series?.points ?? [], display));
  const heard = (feed.points[metric] ?? []).map(({ t, v }) => ({
    t,
    v: v === null ? null : display.of(v),
  }));
  const points = joinPoints(history, heard, { ...range, gapMs });
  return (
    <>
      {query.isError && (
        <ErrorNote remedy={query.error.message}>{deviceText.seriesFailed}</ErrorNote>
      )}
      <TimeSeries
        label={metric}
        range={range}
        height={220}
        onZoom={onZoom}
        unit={display.unit}
        series={[
          {
            id: metric,
            label: metric,
            points,
            step: typeof feed.latest[metric]?.v === "boolean",
            isSwitch: typeof feed.latest[metric]?.v === "boolean",
          },
        ]}
      />
    </>
  );
}
