import { isMeasured, type DashboardContent, type Widget } from "#server/domain/dashboard.ts";

/** The kinds of things that a dashboard names. */
export const referenceKinds = ["device", "group", "profile", "metric"] as const;
export type ReferenceKind = (typeof referenceKinds)[number];

/** What a content names: UUIDs, of metrics their names. Each once. */
export type References = Readonly<Record<ReferenceKind, readonly string[]>>;

/** Names by id of what exists here; what is not in it does not exist (any more). */
export type KnownReferences = Readonly<Record<ReferenceKind, Readonly<Record<string, string>>>>;

export type MissingReference = { readonly kind: ReferenceKind; readonly id: string };

export const noKnownReferences: KnownReferences = {
  device: {},
  group: {},
  profile: {},
  metric: {},
};

type Found = Record<ReferenceKind, Set<string>>;

const nothing = (): Found => ({
  device: new Set(),
  group: new Set(),
  profile: new Set(),
  metric: new Set(),
});

/** Everything that a dashboard names, its variables' defaults included. */
export function referencesOf({
  widgets,
  variables,
}: Pick<DashboardContent, "widgets" | "variables">): References {
  const found = nothing();
  for (const widget of widgets) addWidget(found, widget);
  for (const { kind, defaults } of variables) {
    for (const value of defaults) found[kind].add(value);
  }
  return listed(found);
}

/** What one widget names by itself, without its variables. */
export function referencesOfWidget(widget: Widget): References {
  const found = nothing();
  addWidget(found, widget);
  return listed(found);
}

function listed(found: Found): References {
  return {
    device: [...found.device],
    group: [...found.group],
    profile: [...found.profile],
    metric: [...found.metric],
  };
}

function addWidget(found: Found, widget: Widget): void {
  if (widget.kind === "text") return;
  if (isMeasured(widget)) for (const metric of widget.metrics) found.metric.add(metric);
  const { devices } = widget;
  switch (devices.by) {
    case "devices":
      for (const id of devices.ids) found.device.add(id);
      return;
    case "group":
      found.group.add(devices.groupId);
      return;
    case "filter":
      for (const id of devices.filter.profileIds) found.profile.add(id);
      for (const id of devices.filter.groupIds) found.group.add(id);
      if (devices.filter.gatewayId !== undefined) found.device.add(devices.filter.gatewayId);
      return;
    case "variable":
  }
}

/** What of it does not exist here. */
export function missingOf(
  references: References,
  known: KnownReferences,
): readonly MissingReference[] {
  return referenceKinds.flatMap((kind) =>
    references[kind].filter((id) => !Object.hasOwn(known[kind], id)).map((id) => ({ kind, id })),
  );
}

/**
 * What is known, and besides it what was not asked for yet: that has just been chosen, so it is there.
 * `asked`: for what `known` is the answer; absent: for everything that it has.
 */
export function assumeNew(
  references: References,
  known: KnownReferences,
  asked?: References,
): KnownReferences {
  const of = (kind: ReferenceKind): Readonly<Record<string, string>> => {
    const before = new Set(asked?.[kind] ?? references[kind]);
    const fresh = references[kind].filter((id) => !before.has(id));
    return { ...Object.fromEntries(fresh.map((id) => [id, id])), ...known[kind] };
  };
  return {
    device: of("device"),
    group: of("group"),
    profile: of("profile"),
    metric: of("metric"),
  };
}
