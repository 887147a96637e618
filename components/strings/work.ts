import type { BulkDeviceState, BulkKind, WorkState } from "#server/domain/bulk-action.ts";
import type { ExportFormat } from "#server/domain/export-request.ts";
import type { TelemetryLevel } from "#server/domain/telemetry-query.ts";

const states: Readonly<Record<WorkState, string>> = {
  queued: "Waits",
  running: "Running",
  done: "Done",
  cancelled: "Cancelled",
  failed: "Stopped",
};

const deviceStates: Readonly<Record<BulkDeviceState, string>> = {
  waiting: "Not reached yet",
  done: "Changed",
  unchanged: "Nothing to change",
  failed: "Failed",
  skipped: "Skipped",
};

const formats: Readonly<Record<ExportFormat, string>> = {
  csv: "CSV",
  ndjson: "JSON lines",
  parquet: "Parquet",
};

const levels: Readonly<Record<TelemetryLevel, string>> = {
  raw: "Single readings",
  minute: "By minute",
  hour: "By hour",
};

/** Words that the list and the pages of background work share. */
export const workText = {
  title: "Work",
  subtitle: "Changes of many devices and exports, done in the background.",
  states,
  deviceStates,
  formats,
  levels,
  none: "–",
  by: (who: string) => `by ${who}`,
  progress: (title: string) => `Progress of ${title}`,
  devicesOf: (done: string, total: string) => `${done} of ${total} devices`,
  devices: (count: string) => (count === "1" ? "1 device" : `${count} devices`),
  rows: (count: string) => (count === "1" ? "1 row" : `${count} rows`),
  perSecond: (count: string) => `${count} a second`,
  left: (duration: string) => `about ${duration} left`,
  queued: "It waits for a worker.",
  orphaned: "No worker has it at the moment. The next one goes on with it within seconds.",
  closable: "You may leave this page: it goes on, and says so when it has ended.",
  cancel: "Cancel",
  keep: "Let it go on",
  audit: "Audit trail",
  more: "Show more",
} as const;

/** Words of the list. */
export const workListText = {
  what: "Work",
  state: "State",
  progress: "Progress",
  created: "Begun",
  export: (format: string) => `Export as ${format}`,
  failed: (count: string) => `${count} failed`,
  emptyTitle: "Nothing was done in the background yet",
  emptyText:
    "Choose devices in the fleet table to change many at once, or export what they sent. Both appear here with their progress and results.",
  toDevices: "Open the fleet",
  others: "Device batches and rotation campaigns have lists of their own:",
  batches: "Device batches",
  campaigns: "Rotation campaigns",
} as const;

const titles: Readonly<Record<BulkKind, string>> = {
  add_tags: "Add tags",
  remove_tags: "Remove tags",
  set_place: "Set the place",
  set_profile: "Set the profile",
  quarantine: "Put in quarantine",
  approve: "Approve",
  suspend: "Suspend",
  resume: "Resume",
  decommission: "Decommission",
};

const explanations: Readonly<Record<BulkKind, string>> = {
  add_tags: "Each device keeps the tags that it has.",
  remove_tags: "Other tags stay.",
  set_place: "Where the devices are, in words. Coordinates stay as they are.",
  set_profile:
    "From their next message on the devices are read by the schemas of this profile. What does not fit becomes a dead letter.",
  quarantine:
    "The devices may connect. What they send is kept apart as dead letters until they are approved.",
  approve: "Lets devices out of quarantine. Others stay as they are.",
  suspend: "Their connections are dropped at once, and they stay out until they are resumed.",
  resume: "Lets suspended devices in again. Others stay as they are.",
  decommission:
    "For good: certificates and credentials are revoked and connections are dropped. Nobody can take this back.",
};

/** Words of what hangs on devices that are changed. */
export const reachText = {
  groupsChange: "Groups that may change",
  groups: "Groups they belong to",
  dashboards: "Dashboards",
  noteLabel: "At least",
  more: (count: string, others: boolean) =>
    others ? `${count} more` : count === "1" ? "1 private one" : `${count} private ones`,
  asked: (count: string) => `Groups were asked about ${count} of the devices.`,
  partial: "There are more groups or dashboards than are looked through.",
} as const;

/** Words of changing many devices. */
export const bulkText = {
  titles,
  explanations,
  selected: (count: string) => `${count} selected`,
  allMatching: (count: string) => `All ${count} matching`,
  atLeast: (count: string) => `more than ${count}`,
  label: "With the selected devices",
  tags: "Tags",
  more: "Change",
  clear: "Clear the selection",
  titleFor: (title: string, count: string) =>
    `${title}: ${count === "1" ? "1 device" : `${count} devices`}`,
  tagsField: "Tags",
  tagsHint: "By commas or blanks, at most 10.",
  place: "Place",
  placeHint: "For example: Hall 3, Rotterdam. Empty takes the place away.",
  profile: "Profile",
  chooseProfile: "Choose a profile",
  profilesFailed: "The profiles could not be loaded",
  replay: "Put what they sent in quarantine into the series",
  children: "Devices behind gateways",
  childrenChoices: { detach: "Stay, without a gateway", decommission: "End with their gateway" },
  data: "What they sent",
  dataChoices: { keep: "Is kept", erase: "Is deleted for good" },
  reason: "Reason",
  reasonHint: "It stands in the audit trail of every device.",
  confirm: (title: string) => title,
  start: "Begin",
  cancel: "Cancel",
  began: "The change has begun",
  beganDetail: (count: string) => `${count} devices. Follow it under Work.`,
  waiting: "Counting…",
  radiusFailed: "Could not be counted",
  radius: {
    devices: "Devices",
    connected: "Connected now",
    presences: "Presence",
    profiles: "Profiles",
    children: "Other devices behind them",
    certificates: "Certificates that count",
    revoked: "Certificates to be revoked",
    credentials: "Passwords and keys",
    readings: "Readings of the last day",
  },
  otherProfiles: (count: string) => `${count} other profiles`,
  partOf: (name: string, count: string) => `${name} ${count}`,
  about: (count: string) => `about ${count}`,
  tooMany: (most: string) => `More than ${most} devices: narrow the filter first.`,
  nothing: "No device matches any more.",
} as const;

/** What an action is called with what it does. */
export const bulkWords = {
  add_tags: (tags: string) => `Add the tags ${tags}`,
  remove_tags: (tags: string) => `Remove the tags ${tags}`,
  set_place: (place: string) =>
    place === "" ? "Take the place away" : `Set the place to ${place}`,
  set_profile: (name: string) => `Set the profile to ${name}`,
  quarantine: "Put in quarantine",
  approve: "Approve",
  suspend: "Suspend",
  resume: "Resume",
  decommission: "Decommission",
  erase: "Decommission and delete what they sent",
  goneProfile: "a profile that is gone",
} as const;

/** Words of a bulk change's page. */
export const bulkPageText = {
  progress: "Progress",
  results: "Devices",
  filter: "Devices in the state",
  all: "All",
  device: "Device",
  state: "State",
  detail: "Detail",
  when: "When",
  gone: "No longer here",
  report: "Results as CSV",
  notReached: "Not reached",
  noneTitle: "No such device",
  noneText: "No device of this change is in that state.",
  rowsFailed: "The devices could not be loaded",
  cancelled: "The change was cancelled",
  cancelTitle: "Cancel the change?",
  cancelText:
    "Devices that were changed stay changed. Those that were not reached stay as they are.",
  details: "Details",
  who: "Asked for by",
  reason: "Reason",
  started: "Started",
  finished: "Ended",
  cancelledBy: "Cancelled by",
  doneOf: (done: string, total: string) => `${done} of ${total} devices are through`,
} as const;

/** Words of exports. */
export const exportText = {
  button: "Export",
  title: "Export",
  telemetryText:
    "A worker writes the file. You are told when it can be fetched. Values are in the unit of the schema.",
  name: "Name",
  nameHint: "What the file is called. May stay empty.",
  format: "Format",
  formatHints: {
    csv: "For spreadsheets. Units stand in the headings.",
    ndjson: "One JSON document a line, for programs.",
    parquet: "Typed and compressed, for DuckDB, pandas and Spark.",
  },
  level: "Rows",
  levelHint: "Rolled up: count, least, greatest, mean, sum and last of each metric.",
  metricsNeeded: "Rolled up needs metrics by name.",
  keepDays: "Kept for",
  days: (count: number) => (count === 1 ? "1 day" : `${count} days`),
  start: "Export",
  cancel: "Cancel",
  began: "The export has begun",
  beganDetail: "You are told when the file is ready. Follow it under Work.",
  download: "Download",
  progress: "Progress",
  details: "Details",
  content: "Content",
  devicesContent: "The devices with their columns",
  telemetryContent: (what: string) => `Telemetry: ${what}`,
  everyMetric: "every field",
  from: "From",
  to: "Until, not included",
  size: "Size",
  sha256: "SHA-256",
  expires: "Kept until",
  expired: "The file is not kept any more. Ask for the export anew.",
  downloads: "Fetched",
  times: (count: string) => (count === "1" ? "once" : `${count} times`),
  written: (rows: string, bytes: string) => `${rows} rows, ${bytes}`,
  cancelTitle: "Cancel the export?",
  cancelText: "What was written so far is thrown away.",
  cancelled: "The export was cancelled",
  delete: "Delete the file",
  deleteTitle: "Delete the file?",
  deleteText: "Nobody can fetch it any more. The record of the export stays.",
  deleted: "The file was deleted",
  keepFile: "Keep it",
} as const;

/** Words of what is said when work has ended. */
export const workNoticeText = {
  bulkDone: (title: string) => `${title}: done`,
  bulkEnded: (title: string) => `${title}: ended`,
  bulkDetail: (done: string, failed: string) =>
    failed === "0" ? `${done} devices changed.` : `${done} devices changed, ${failed} failed.`,
  exportDone: (name: string) => `The export “${name}” is ready`,
  exportDetail: "Fetch it under Work.",
  exportEnded: (name: string) => `The export “${name}” ended without a file`,
} as const;
