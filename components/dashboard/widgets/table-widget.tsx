"use client";
import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import Link from "next/link";
import { selectionDevicesQuery } from "#components/dashboard/dashboard-queries.ts";
import {
  everyMsOf,
  useFollow,
  useLiveFields,
  useScope,
} from "#components/dashboard/dashboard-scope.tsx";
import { toneOf } from "#components/dashboard/fold-points.ts";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { latestQuery } from "#components/dashboard/telemetry-queries.ts";
import type { WidgetInput } from "#components/dashboard/use-widget-data.ts";
import { ScrollArea } from "#components/dashboard/widgets/scroll-area.tsx";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { deviceHref } from "#components/device/device-href.ts";
import { shownValue, valueText } from "#components/device/value-text.ts";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { dashboardText } from "#components/strings/dashboard.ts";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { useUnits } from "#components/units/units-provider.tsx";
import type { SelectionDeviceRow } from "#server/db/list-selection-devices.ts";
import type { WidgetOf, WidgetThreshold } from "#server/domain/dashboard.ts";
import type { DeviceLatest, LatestValue } from "#server/domain/telemetry-query.ts";

const noDevices: readonly SelectionDeviceRow[] = [];

/** Devices by metrics with their newest values, which change as the devices say something. */
export function TableWidget(input: WidgetInput<WidgetOf<"table">>) {
  const { widget, devices, metrics, active } = input;
  const { choice } = useScope();
  const list = useQuery({ ...selectionDevicesQuery(devices, widget.limit), enabled: active });
  const rows = list.data?.devices ?? noDevices;
  const ids = rows.map(({ id }) => id);
  const latest = useQuery({
    ...latestQuery({ ids, metrics }, active && everyMsOf(choice)),
    enabled: active && ids.length > 0,
  });
  useFollow(widget.id, ids);
  const waiting = waitingFor(list);
  if (waiting !== undefined) return waiting;
  if (rows.length === 0) {
    return <Hollow title={widgetText.noDevices} text={widgetText.noDevicesText} />;
  }
  return (
    waitingFor(latest) ?? (
      <div className="-mx-3.5 flex h-full flex-col">
        <Values {...{ widget, metrics, rows }} latest={latest.data ?? []} />
        <div className="px-3.5 text-xs text-ink-3">
          <Notes ids={ids} matching={list.data?.matching ?? rows.length} />
          <StaleNote query={latest} />
        </div>
      </div>
    )
  );
}

function Values({
  widget,
  metrics,
  rows,
  latest,
}: {
  readonly widget: WidgetOf<"table">;
  readonly metrics: readonly string[];
  readonly rows: readonly SelectionDeviceRow[];
  readonly latest: readonly DeviceLatest[];
}) {
  const known = new Map(latest.map((each) => [each.id, each.values]));
  return (
    <ScrollArea label={widgetTitle(widget)}>
      <Table>
        <thead className="sticky top-0 z-1 bg-surface">
          <Tr>
            <Th>{widgetText.device}</Th>
            {metrics.map((metric) => (
              <Th key={metric} numeric className="whitespace-nowrap">
                {metric}
              </Th>
            ))}
            <Th numeric>{widgetText.age}</Th>
          </Tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              metrics={metrics}
              thresholds={widget.thresholds}
              values={known.get(row.id) ?? {}}
            />
          ))}
        </tbody>
      </Table>
    </ScrollArea>
  );
}

/** That there are more devices than rows, or more rows than are live. */
function Notes({ ids, matching }: { readonly ids: readonly string[]; readonly matching: number }) {
  const { followed } = useScope();
  const live = ids.filter((id) => followed.has(id)).length;
  return (
    <>
      {matching > ids.length && (
        <p className="truncate pt-1">
          {widgetText.moreDevices(formatCount(ids.length), formatCount(matching))}
        </p>
      )}
      {live > 0 && live < ids.length && (
        <p className="truncate">
          {dashboardText.more100(formatCount(live), formatCount(ids.length))}
        </p>
      )}
    </>
  );
}

type Cell = Pick<LatestValue, "value" | "at"> & { readonly unit: string | null };

function Row({
  row,
  metrics,
  thresholds,
  values,
}: {
  readonly row: SelectionDeviceRow;
  readonly metrics: readonly string[];
  readonly thresholds: readonly WidgetThreshold[];
  readonly values: DeviceLatest["values"];
}) {
  const live = useLiveFields(row.key);
  const cells = metrics.map((metric) => cellOf(values[metric], live?.[metric]));
  const newest = Math.max(0, ...cells.map((cell) => cell?.at ?? 0));
  return (
    <Tr>
      <Td className="max-w-56">
        <Link
          href={deviceHref(row)}
          className="block truncate font-medium hover:underline"
          title={row.deviceId}
        >
          {row.name}
        </Link>
      </Td>
      {cells.map((cell, index) => (
        <Value
          key={metrics[index]}
          cell={cell}
          thresholds={thresholds}
          metric={metrics[index] ?? ""}
        />
      ))}
      <Td numeric className="text-sm whitespace-nowrap text-ink-3">
        <RelativeTime value={newest === 0 ? null : newest} fallback={widgetText.never} />
      </Td>
    </Tr>
  );
}

/** What is newer: the store's value or what was heard since. */
function cellOf(
  stored: LatestValue | undefined,
  live: { readonly v: LatestValue["value"]; readonly t: number } | undefined,
): Cell | undefined {
  if (live === undefined || (stored !== undefined && stored.at > live.t)) return stored;
  return { value: live.v, at: live.t, unit: stored?.unit ?? null };
}

const tones = { plain: "", warn: "font-medium text-warn", bad: "font-medium text-bad" } as const;

function Value({
  cell,
  thresholds,
  metric,
}: {
  readonly cell: Cell | undefined;
  readonly thresholds: readonly WidgetThreshold[];
  readonly metric: string;
}) {
  const units = useUnits();
  if (cell === undefined) {
    return (
      <Td numeric className="text-ink-3">
        {widgetText.never}
      </Td>
    );
  }
  const display = units(cell.unit);
  const tone = typeof cell.value === "number" ? toneOf(cell.value, thresholds) : undefined;
  return (
    <Td
      numeric
      className={clsx("whitespace-nowrap tabular-nums", tones[tone ?? "plain"])}
      data-value={metric}
    >
      {valueText(shownValue(cell.value, display))}
      {display.unit !== "" && typeof cell.value === "number" && (
        <span className="ml-1 text-sm text-ink-3">{display.unit}</span>
      )}
    </Td>
  );
}
