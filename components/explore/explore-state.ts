import type { TimeRange } from "#components/charts/series.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { isDeviceId } from "#server/domain/device-id.ts";
import { fleetViewFromParams, fleetViewToParams } from "#server/domain/fleet-filter.ts";
import {
  aggregates,
  maxChartDevices,
  maxMetrics,
  type Aggregate,
} from "#server/domain/telemetry-query.ts";
import { isUuid } from "#server/domain/uuid.ts";

export const layouts = ["overlaid", "metric", "device"] as const;
/** All lines in one chart for each unit, or a chart for each metric, or for each device. */
export type Layout = (typeof layouts)[number];

export const splits = ["each", "all", "profile", "tag"] as const;
export type Split = (typeof splits)[number];

export const comparisons = ["previous", "day", "week"] as const;
export type Comparison = (typeof comparisons)[number];

export const markKinds = ["note", "connection", "alert", "rotation"] as const;
export type MarkKind = (typeof markKinds)[number];

/** A limit that somebody drew: in the unit of the schema. */
export type OwnLimit = { readonly metric: string; readonly value: number };

/** A range that ends now, by its length in milliseconds; or one that was chosen. */
export type RangeChoice = { readonly lastMs: number } | TimeRange;

/** What Explore shows; the address holds it. */
export type ExploreState = {
  /** The devices' own ids. */
  readonly devices: readonly string[];
  /** UUID of a group, instead of devices. */
  readonly group: string | null;
  /** The fleet table's address without what is before the `?`, instead of devices. */
  readonly filter: string | null;
  readonly metrics: readonly string[];
  readonly range: RangeChoice;
  readonly layout: Layout;
  readonly split: Split;
  readonly aggregate: Aggregate;
  readonly compare: Comparison | null;
  readonly limits: readonly OwnLimit[];
  readonly hidden: readonly MarkKind[];
  /** UUID of the saved view that it came from. */
  readonly view: string | null;
};

const hour = 3_600_000;
export const startState: ExploreState = {
  devices: [],
  group: null,
  filter: null,
  metrics: [],
  range: { lastMs: 6 * hour },
  layout: "overlaid",
  split: "each",
  aggregate: "mean",
  compare: null,
  limits: [],
  hidden: [],
  view: null,
};

const units = { s: 1_000, m: 60_000, h: hour, d: 24 * hour } as const;
const longestMs = 36_525 * units.d;
const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2200, 0, 1);
const mostLimits = 10;

/** "6h": a length as the address has it; in the largest unit that divides it. */
export function lengthText(milliseconds: number): string {
  const unit = (["d", "h", "m", "s"] as const).find((each) => milliseconds % units[each] === 0);
  return unit === undefined
    ? `${Math.max(1, Math.round(milliseconds / 1_000))}s`
    : `${milliseconds / units[unit]}${unit}`;
}

/** `6h`, or `from-to` in epoch milliseconds; null for what is neither. */
function rangeFrom(text: string | null): RangeChoice | null {
  const length = /^(\d{1,6})([smhd])$/.exec(text ?? "");
  const unit = (["s", "m", "h", "d"] as const).find((each) => each === length?.[2]);
  if (length !== null && unit !== undefined) {
    const lastMs = Number(length[1]) * units[unit];
    return lastMs === 0 ? null : { lastMs: Math.min(lastMs, longestMs) };
  }
  const span = /^(-?\d{1,16})~(-?\d{1,16})$/.exec(text ?? "");
  if (span === null) return null;
  const from = Math.min(Math.max(Number(span[1]), earliest), latest);
  const to = Math.min(Math.max(Number(span[2]), earliest), latest);
  return from < to ? { from, to } : null;
}

function limitFrom(text: string): OwnLimit[] {
  const cut = text.lastIndexOf(":");
  const value = Number(text.slice(cut + 1));
  const metric = text.slice(0, Math.max(cut, 0));
  if (metric === "" || text.slice(cut + 1).trim() === "" || !Number.isFinite(value)) return [];
  return [{ metric, value }];
}

const one = <T extends string>(all: readonly T[], text: string | null): T | null =>
  all.find((each) => each === text) ?? null;

const uuidFrom = (text: string | null): string | null =>
  text !== null && isUuid(text) ? text : null;

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Reads the state from an address; what it does not know it leaves out, so that old links still work. */
export function stateFromParams(params: URLSearchParams): ExploreState {
  const devices = (params.get("d") ?? "").split(",").filter(isDeviceId);
  const metrics = params.getAll("m").filter((name) => name !== "" && name.length <= 128);
  const group = uuidFrom(params.get("g"));
  const hidden = (params.get("h") ?? "").split(",");
  return {
    devices: unique(devices).slice(0, maxChartDevices),
    group,
    filter: group === null && params.has("f") ? cleanFilter(params.get("f") ?? "") : null,
    metrics: unique(metrics).slice(0, maxMetrics),
    range: rangeFrom(params.get("r")) ?? startState.range,
    layout: one(layouts, params.get("v")) ?? startState.layout,
    split: one(splits, params.get("x")) ?? startState.split,
    aggregate: one(aggregates, params.get("a")) ?? startState.aggregate,
    compare: one(comparisons, params.get("c")),
    limits: params.getAll("t").flatMap(limitFrom).slice(0, mostLimits),
    hidden: markKinds.filter((kind) => hidden.includes(kind)),
    view: uuidFrom(params.get("view")),
  };
}

/** Only what a filter understands. */
function cleanFilter(text: string): string {
  const view = fleetViewFromParams(new URLSearchParams(text));
  return fleetViewToParams({ ...view, sort: "name" }).toString();
}

function rangeText(range: RangeChoice): string {
  return "lastMs" in range ? lengthText(range.lastMs) : `${range.from}~${range.to}`;
}

/** The address of a state: only what differs from the start. */
export function stateToParams(state: ExploreState): URLSearchParams {
  const params = new URLSearchParams();
  const put = (name: string, value: string | null, start: string | null = null) => {
    if (value !== null && value !== start) params.set(name, value);
  };
  put("d", state.devices.join(","), "");
  put("g", state.group);
  put("f", state.filter);
  for (const metric of state.metrics) params.append("m", metric);
  put("r", rangeText(state.range), rangeText(startState.range));
  put("v", state.layout, startState.layout);
  put("x", state.split, startState.split);
  put("a", state.aggregate, startState.aggregate);
  put("c", state.compare);
  for (const { metric, value } of state.limits) params.append("t", `${metric}:${value}`);
  put("h", state.hidden.join(","), "");
  put("view", state.view);
  return params;
}

/** The devices that are meant when no device is named: a group's, or those of a filter. */
export function selectionOf({
  group,
  filter,
}: Pick<ExploreState, "group" | "filter">): DeviceSelection | null {
  if (group !== null) return { by: "group", groupId: group };
  if (filter === null) return null;
  return { by: "filter", filter: fleetViewFromParams(new URLSearchParams(filter)).filter };
}

/** The range in epoch milliseconds, where `now` is the end of one that ends now. */
export function rangeAt(range: RangeChoice, now: number): TimeRange {
  return "lastMs" in range ? { from: now - range.lastMs, to: now } : range;
}

/** How much earlier the period is that a range is compared with. */
export function shiftOf(compare: Comparison, { from, to }: TimeRange): number {
  if (compare === "previous") return to - from;
  return compare === "day" ? units.d : 7 * units.d;
}
