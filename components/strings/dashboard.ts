import type {
  DashboardSharing,
  RangeKey,
  VariableKind,
  WidgetKind,
} from "#server/domain/dashboard.ts";
import type { ReferenceKind } from "#server/domain/dashboard-references.ts";
import type { Aggregate } from "#server/domain/telemetry-query.ts";

export const widgetNames: Readonly<Record<WidgetKind, string>> = {
  line: "Line",
  area: "Area",
  bar: "Bars",
  histogram: "Histogram",
  stat: "Number with trend",
  gauge: "Gauge",
  timeline: "State timeline",
  table: "Table of newest values",
  map: "Map",
  presence: "Presence",
  alerts: "Alert list",
  text: "Text",
};

export const widgetMeanings: Readonly<Record<WidgetKind, string>> = {
  line: "Metrics over time",
  area: "Metrics over time, filled to zero",
  bar: "One number for each device or group",
  histogram: "How values are spread",
  stat: "One number, and how it was before",
  gauge: "One number between two ends",
  timeline: "Which state held when",
  table: "Devices by metrics, live",
  map: "Where devices are",
  presence: "How many devices are online, late, silent",
  alerts: "Alerts that stand",
  text: "Words, with a little Markdown",
};

export const rangeNames: Readonly<Record<RangeKey, string>> = {
  "5m": "Last 5 minutes",
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "1y": "Last year",
};

export const aggregateNames: Readonly<Record<Aggregate, string>> = {
  mean: "Mean",
  min: "Least",
  max: "Greatest",
  sum: "Sum",
  count: "Number of readings",
  last: "Newest",
};

export const acrossNames = {
  each: "Each device",
  all: "All together",
  profile: "Each profile",
  tag: "Each tag",
} as const;

export const sharingNames: Readonly<Record<DashboardSharing, string>> = {
  private: "Private",
  view: "Shared",
  edit: "Shared, editable",
};

export const sharingMeanings: Readonly<Record<DashboardSharing, string>> = {
  private: "Only you see it.",
  view: "Everyone in the organisation sees it; only you change it.",
  edit: "Everyone in the organisation sees it; operators, administrators and compliance officers change it.",
};

export const variableKindNames: Readonly<Record<VariableKind, string>> = {
  device: "Devices",
  group: "Group",
  profile: "Profiles",
  metric: "Metrics",
};

export const referenceNames: Readonly<Record<ReferenceKind, string>> = {
  device: "device",
  group: "group",
  profile: "profile",
  metric: "metric",
};

/** Words of the list of dashboards. */
export const dashboardListText = {
  title: "Dashboards",
  subtitle: "What you want to see side by side, all day or once.",
  create: "New dashboard",
  importFile: "Import",
  filter: "Filter by name",
  own: "Yours",
  shared: "Shared with you",
  readyMade: "Ready-made",
  readyMadeText:
    "One for each profile, made of its schema as it is now. Make one yours to change it.",
  name: "Name",
  sharing: "Sharing",
  widgets: "Widgets",
  changed: "Changed",
  profile: "Profile",
  devices: "Devices",
  fields: "Fields",
  by: (who: string) => `by ${who}`,
  widgetCount: (count: string) => `${count} widgets`,
  none: "No dashboard of your own yet",
  noneText: "Make one, import one, or start from a ready-made one below and make it yours.",
  noneView: "Nothing is shared with you yet. The ready-made ones below show every profile.",
  noMatch: "No dashboard has this in its name",
  noProfiles: "There is no profile yet, so there is nothing ready-made.",
  isCut: (count: string) => `Only the ${count} that were changed last are listed.`,
  createTitle: "New dashboard",
  createName: "Name",
  createDescription: "What it is for",
  createSharing: "Who sees it",
  failed: "The list cannot be shown",
} as const;

/** Words of the import. */
export const importText = {
  title: "Import a dashboard",
  description: "A JSON file that was exported from Quayside, here or elsewhere.",
  file: "File",
  notJson: "This file is not JSON.",
  tooLarge: "This file is larger than 1 MB: it is no dashboard.",
  name: "Name",
  checking: "Looking at what it names…",
  allHere: (widgets: string) => `${widgets} widgets. Everything that they name is here.`,
  gaps: "It names what is not here. Its widgets are kept, and say so until you choose something else:",
  gap: (title: string, kind: string, name: string) => `“${title}” names the ${kind} “${name}”.`,
  moreGaps: (count: string) => `${count} more`,
  import: "Import",
  done: (name: string) => `“${name}” is imported`,
} as const;

/** Words around a dashboard. */
export const dashboardText = {
  dashboards: "Dashboards",
  edit: "Edit",
  done: "Done",
  save: "Save",
  undo: "Undo",
  redo: "Redo",
  add: "Add widget",
  settings: "Settings",
  more: "More",
  share: "Sharing…",
  duplicate: "Duplicate",
  exportFile: "Export as JSON",
  history: "History…",
  wall: "Wall mode",
  remove: "Delete…",
  makeMine: "Make it mine",
  madeMine: (name: string) => `“${name}” is yours now`,
  readyMade: "Ready-made",
  readyMadeSubtitle: (name: string) => `Made of the schema of the profile ${name}.`,
  changedBy: (who: string) => `Changed by ${who}`,
  saved: "Saved",
  savedDetail: (version: number) => `It is version ${version}.`,
  unsaved: "Not saved",
  range: "Time range",
  refresh: "Refresh",
  refreshOff: "Only live values",
  refreshEvery: (seconds: number) =>
    seconds < 60 ? `Every ${seconds} s` : `Every ${seconds / 60} min`,
  custom: "Chosen by zooming",
  back: "Back",
  all: "All",
  chosen: (count: number) => `${count} chosen`,
  emptyTitle: "Nothing on this dashboard yet",
  emptyText: "Add a chart, a number or a table, and say which devices it is about.",
  emptyView: "Whoever it belongs to has not put anything on it.",
  notLive: "Not live",
  more100: (shown: string, all: string) =>
    `${shown} of ${all} devices are followed live; the others are read again at every refresh.`,
  copied: (name: string) => `“${name}” is yours`,
  removed: (name: string) => `“${name}” is deleted`,
  removeTitle: (name: string) => `Delete “${name}”?`,
  removeText: "It goes with all its versions. Whoever has it open loses it at the next save.",
  removeConfirm: "Delete the dashboard",
  sharedAs: "Sharing is changed",
  shareTitle: "Who sees this dashboard",
  shareSave: "Change sharing",
  cancel: "Cancel",
  leaveTitle: "Leave without saving?",
  leaveText: "What you changed on this dashboard is lost.",
  leave: "Leave",
  stay: "Stay",
  discardTitle: "Throw away what you changed?",
  discardText: "The dashboard goes back to how it was saved last.",
  discard: "Throw away",
  phoneEdit: "Dashboards are edited on a wider screen.",
} as const;

/** Words of a save that met another one. */
export const conflictText = {
  title: "Somebody else saved this dashboard meanwhile",
  text: (who: string) => `${who} saved it while you were editing,`,
  changed: ". What they changed:",
  nothing: "Only the name or the order inside; nothing that is shown.",
  gone: "It was deleted, or is not shared with you any more. You can keep yours as a copy.",
  theirs: "See theirs",
  theirsHint: "Throws away what you changed.",
  copy: "Save mine as a copy",
  overwrite: "Overwrite theirs",
  overwritten: "Saved over theirs",
  copied: (name: string) => `Saved as “${name}”`,
  copyName: (name: string) => `${name} (mine)`,
} as const;

/** Words of the history. */
export const historyText = {
  title: "History",
  description: "Each save is a version. Restoring one makes a new version; nothing is lost.",
  version: (version: number) => `Version ${version}`,
  now: "Now",
  first: "The oldest version that is kept.",
  noChange: "Nothing that is shown was different.",
  restore: "Restore",
  restored: (version: number) => `Version ${version} is restored`,
  failed: "The history cannot be shown",
} as const;
