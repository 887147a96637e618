"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SeriesPoint, TimeRange } from "#components/charts/series.ts";
import { TimeSeries } from "#components/charts/time-series.tsx";
import { joinPoints, type Feed } from "#components/device/feed.ts";
import {
  chartPoints,
  rangeKeys,
  rangeMs,
  rangeStepMs,
  seriesQuery,
  type RangeKey,
} from "#components/device/telemetry-queries.ts";
import { valueText } from "#components/device/value-text.ts";
import { useLiveState } from "#components/layout/live-provider.tsx";
import { deviceText } from "#components/strings/device-page.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { useNow } from "#components/ui/clock.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Select } from "#components/ui/select.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DeviceSummary } from "#server/services/device/summary.ts";
import type { Series } from "#server/services/telemetry/series.ts";

/** What the store answered as points with their band; a band of one reading is no band. */
function pointsOf(series: Series | undefined): readonly SeriesPoint[] {
  return (series?.points ?? []).map(([t, v], index) => {
    const [, min, max] = series?.envelope[index] ?? [];
    return min === max ? { t, v } : { t, v, min: min ?? null, max: max ?? null };
  });
}

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
  return (
    <span className="flex flex-wrap items-baseline gap-x-2">
      {metric}
      {latest !== undefined && (
        <span className="font-normal text-ink-2" data-newest={metric}>
          <span className="text-lg font-semibold text-ink tabular-nums">{valueText(latest.v)}</span>
          {unit !== undefined && ` ${unit}`} · <RelativeTime value={latest.t} />
        </span>
      )}
      {!live && <span className="text-sm font-normal text-warn">{deviceText.notLive}</span>}
    </span>
  );
}

function Line({
  device: { deviceId, expectedContactSeconds },
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
  const query = useQuery(seriesQuery(deviceId, metric, zoom ?? rangeKey));
  const gapMs = 2 * Math.max(expectedContactSeconds * 1_000, (range.to - range.from) / chartPoints);
  const history = pointsOf(query.data?.[0]);
  const points = joinPoints(history, feed.points[metric] ?? [], { ...range, gapMs });
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
        {...(unit !== undefined && { unit })}
        series={[
          {
            id: metric,
            label: metric,
            points,
            step: typeof feed.latest[metric]?.v === "boolean",
          },
        ]}
      />
    </>
  );
}
