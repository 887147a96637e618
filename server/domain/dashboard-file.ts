import { z } from "zod";
import type { DashboardContent, Widget } from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import {
  missingOf,
  referencesOf,
  referencesOfWidget,
  type KnownReferences,
  type MissingReference,
} from "#server/domain/dashboard-references.ts";

const names = z.record(z.string().max(128), z.string().max(256)).default({});

/** A dashboard as a file. `names` says what its ids meant where it was written. */
export const dashboardFileSchema = z.object({
  quayside: z.literal("dashboard", "This file is no dashboard of Quayside."),
  format: z.literal(1, "This file is of a format that is not known here."),
  name: z.string().trim().min(1, "The dashboard has no name.").max(120),
  description: z.string().trim().max(500).default(""),
  content: dashboardContentSchema,
  names: z
    .object({ device: names, group: names, profile: names })
    .default({ device: {}, group: {}, profile: {} }),
});
export type DashboardFile = z.output<typeof dashboardFileSchema>;

/** What exists here by the name that a file gives it: the id here. */
export type IdsByName = Readonly<
  Record<"device" | "group" | "profile", Readonly<Record<string, string>>>
>;

/** What a widget or a variable names and is not here. `name`: what it was called where it came from. */
export type ImportGap = {
  readonly where: "widget" | "variable";
  /** Of the widget or the variable. */
  readonly id: string;
  readonly title: string;
  readonly kind: MissingReference["kind"];
  readonly name: string;
};

/** A dashboard with what its ids mean, to be kept or sent as a file. */
export function dashboardFile(
  dashboard: {
    readonly name: string;
    readonly description: string;
    readonly content: DashboardContent;
  },
  known: KnownReferences,
): DashboardFile {
  const { name, description, content } = dashboard;
  const { device, group, profile } = known;
  return {
    quayside: "dashboard",
    format: 1,
    name,
    description,
    content,
    names: { device: { ...device }, group: { ...group }, profile: { ...profile } },
  };
}

/**
 * The content with ids of this organisation: what is here under its id stays, what is here under the
 * same name gets the id here, everything else stays as it was and is told of as a gap.
 */
export function adoptFile(
  file: DashboardFile,
  here: { readonly known: KnownReferences; readonly byName: IdsByName },
): { readonly content: DashboardContent; readonly gaps: readonly ImportGap[] } {
  const swap = (kind: "device" | "group" | "profile", id: string): string => {
    if (Object.hasOwn(here.known[kind], id)) return id;
    const name = file.names[kind][id];
    if (name === undefined || !Object.hasOwn(here.byName[kind], name)) return id;
    return here.byName[kind][name] ?? id;
  };
  const content: DashboardContent = {
    ...file.content,
    variables: file.content.variables.map((variable) => {
      const { kind, defaults } = variable;
      if (kind === "metric") return variable;
      return { ...variable, defaults: defaults.map((id) => swap(kind, id)) };
    }),
    widgets: file.content.widgets.map((widget) => swapped(widget, swap)),
  };
  return { content, gaps: gapsOf(content, file, here) };
}

type Swap = (kind: "device" | "group" | "profile", id: string) => string;

function swapped(widget: Widget, swap: Swap): Widget {
  if (widget.kind === "text") return widget;
  const { devices } = widget;
  switch (devices.by) {
    case "variable":
      return widget;
    case "devices":
      return {
        ...widget,
        devices: { by: "devices", ids: devices.ids.map((id) => swap("device", id)) },
      };
    case "group":
      return { ...widget, devices: { by: "group", groupId: swap("group", devices.groupId) } };
    case "filter": {
      const { filter } = devices;
      const profileIds = filter.profileIds.map((id) => swap("profile", id));
      const groupIds = filter.groupIds.map((id) => swap("group", id));
      const gateway =
        filter.gatewayId === undefined ? {} : { gatewayId: swap("device", filter.gatewayId) };
      return {
        ...widget,
        devices: { by: "filter", filter: { ...filter, profileIds, groupIds, ...gateway } },
      };
    }
  }
}

function gapsOf(
  content: DashboardContent,
  file: DashboardFile,
  { known, byName }: { readonly known: KnownReferences; readonly byName: IdsByName },
): readonly ImportGap[] {
  const here = new Set(
    [byName.device, byName.group, byName.profile].flatMap((ids) => Object.values(ids)),
  );
  const gapsAt = (
    at: Pick<ImportGap, "where" | "id" | "title">,
    missing: readonly MissingReference[],
  ): readonly ImportGap[] =>
    missing
      .filter(({ id }) => !here.has(id))
      .map(({ kind, id }) => ({
        ...at,
        kind,
        name: kind === "metric" ? id : (file.names[kind][id] ?? id),
      }));
  return [
    ...content.variables.flatMap((variable) =>
      gapsAt(
        { where: "variable", id: variable.name, title: variable.label || variable.name },
        missingOf(referencesOf({ widgets: [], variables: [variable] }), known),
      ),
    ),
    ...content.widgets.flatMap((widget) =>
      gapsAt(
        { where: "widget", id: widget.id, title: widget.title || widget.kind },
        missingOf(referencesOfWidget(widget), known),
      ),
    ),
  ];
}
