import {
  newWidget,
  widgetSize,
  type DashboardContent,
  type Widget,
  type WidgetKind,
  type WidgetDevices,
  type WidgetParts,
  type WidgetThreshold,
} from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import { freePlace } from "#server/domain/dashboard-layout.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import type { Threshold } from "#server/domain/profile-parts.ts";

/** What a dashboard of a profile is made of. */
export type ReadyMadeFacts = {
  readonly profileId: string;
  readonly name: string;
  /** Of its main schema version, in the schema's order. */
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly unit: string | null;
  }[];
  readonly thresholds: readonly Threshold[];
};

/** Fields beyond these have no widget of their own; the table shows more. */
const mostCharted = 12;
const mostInTable = 20;

/** Fields that say where the device is, rather than how it is. */
const placeFields = /^(?:.*[._])?(?:lat|latitude|lon|lng|long|longitude|altitude)$/i;

/**
 * A dashboard for the devices of a profile, made of its schema's fields: presence and alerts first,
 * then a number with its line for each numeric field, a state timeline for switches and words, a map where
 * the schema has a position, and a table of the newest values. The same facts make the same dashboard.
 */
export function readyMadeDashboard(facts: ReadyMadeFacts): DashboardContent {
  const widgets: Widget[] = [];
  const ofProfile = { by: "variable", name: "devices" } as const;
  const add = (
    kind: WidgetKind,
    id: string,
    { w = widgetSize[kind].w, h = widgetSize[kind].h, ...more }: WidgetParts,
  ) => {
    widgets.push(newWidget(kind, { id, ...freePlace(widgets, { w, h }), w, h, ...more }));
  };
  const profile: WidgetDevices = {
    by: "filter",
    filter: { ...everyDevice.filter, profileIds: [facts.profileId] },
  };
  add("presence", "presence", { title: "Presence", devices: profile });
  add("alerts", "alerts", { title: "Alerts", devices: profile, h: 3, w: 6 });
  const shown = facts.fields.filter(({ name }) => !placeFields.test(name));
  const numeric = shown.filter(({ type }) => type === "number").slice(0, mostCharted);
  for (const [index, field] of numeric.entries()) {
    const common = {
      devices: ofProfile,
      metrics: [field.name],
      thresholds: boundsOf(facts.thresholds, field.name),
    };
    add("stat", `stat-${index}`, {
      ...common,
      title: field.name,
      aggregate: "mean",
      w: 3,
      h: 4,
    });
    add("line", `line-${index}`, { ...common, title: titleOf(field), w: 9, h: 4 });
  }
  // A text may be a state; one that is never the same twice shows as what it is.
  const switched = shown.filter(({ type }) => type !== "number").slice(0, mostCharted);
  for (const [index, { name }] of switched.entries()) {
    add("timeline", `states-${index}`, { title: name, devices: ofProfile, metrics: [name] });
  }
  if (shown.length < facts.fields.length) add("map", "map", { title: "Map", devices: profile });
  if (shown.length > 0) {
    add("table", "newest", {
      title: "Newest values",
      devices: ofProfile,
      metrics: shown.slice(0, mostInTable).map(({ name }) => name),
      w: 12,
    });
  }
  return dashboardContentSchema.parse({
    format: 1,
    range: { last: "24h" },
    variables: [
      { name: "devices", label: "Profile", kind: "profile", defaults: [facts.profileId] },
    ],
    widgets,
  });
}

function titleOf({ name, unit }: ReadyMadeFacts["fields"][number]): string {
  return unit === null || unit === "" ? name : `${name} (${unit})`;
}

function boundsOf(thresholds: readonly Threshold[], metric: string): WidgetThreshold[] {
  return thresholds
    .filter((each) => each.metric === metric)
    .flatMap(({ low, high, severity }): WidgetThreshold[] => {
      const tone = severity === "critical" ? "bad" : "warn";
      const bounds = [
        { value: low, label: "low", tone, side: "below" },
        { value: high, label: "high", tone, side: "above" },
      ] as const;
      return bounds.flatMap(({ value, ...bound }) => (value === null ? [] : [{ value, ...bound }]));
    })
    .slice(0, 6);
}
