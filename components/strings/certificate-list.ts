import type { RenewalPlan } from "#server/domain/certificate-standing.ts";

/** Words of the inventory of certificates. */
export const certificateListText = {
  table: "Certificates",
  columnName: "Holder",
  columnKind: "Kind",
  columnStanding: "Standing",
  columnEnd: "Ends",
  columnRenewal: "Renewal",
  columnProfile: "Profile",
  ended: (days: string) => (days === "1" ? "1 day ago" : `${days} days ago`),
  today: "within a day",
  left: (days: string) => (days === "1" ? "in 1 day" : `in ${days} days`),
  plans: {
    automatic: "by itself",
    campaign: "by a campaign",
  } satisfies Record<RenewalPlan, string>,
  byPeople: "by people",
  none: "–",

  filters: "Filters",
  kind: "Kind",
  standing: "Standing",
  profile: "Profile",
  issuer: "Issuer",
  searchHint: "Device, subject, serial or fingerprint",
  within: "Ends",
  anyTime: "Ends: any time",
  withinDays: (days: string) => `Ends within ${days} days`,
  range: (from: string, to: string) => `Ends from ${from} to ${to}`,
  rangeFrom: (from: string) => `Ends from ${from} on`,
  rangeTo: (to: string) => `Ends by ${to}`,
  dates: "Dates",
  datesTitle: "Ends between",
  from: "First day",
  to: "Last day",
  datesHint: "Days are UTC. Empty: no bound.",
  apply: "Apply",
  beforeContact: "Before next contact",
  removeFilter: (what: string) => `Remove the filter: ${what}`,
  clearAll: "Clear filters",
  atLeast: (count: string) => `more than ${count}`,
  total: (count: string) => (count === "1" ? "1 certificate" : `${count} certificates`),

  exportCsv: "Export CSV",
  exportCsvLabel: "Export the matching certificates as CSV",
  exportNdjson: "NDJSON",
  exportNdjsonLabel: "Export the matching certificates as NDJSON",
  exportNote: "The audit trail keeps who exports what.",
  anchors: "Trust anchors in firmware",

  selected: (count: string) =>
    count === "1" ? "1 device certificate chosen" : `${count} device certificates chosen`,
  onlyDevices: "Only certificates of devices can be changed together.",
  ask: "Ask to renew",
  askTitle: (count: string) =>
    count === "1" ? "Ask 1 device to renew?" : `Ask ${count} devices to renew?`,
  askText:
    "Each is told over MQTT, at once or when it comes. Its certificate counts until the new one is in use.",
  asked: (count: string) => (count === "1" ? "1 device was asked" : `${count} devices were asked`),
  notAsked: (count: string) =>
    count === "1" ? "1 could not be asked" : `${count} could not be asked`,
  rotate: "Rotate in a campaign",
  revoke: "Revoke",
  cancel: "Cancel",

  emptyTitle: "No certificate yet",
  emptyText: "Certificates are here as soon as a device gets one.",
  nothingTitle: "No certificate fits this filter",
  nothingText: "Take a filter away. Superseded, retired and revoked ones show on request.",
};

/** Words of the run-out timeline. */
export const runOutText = {
  title: "Run-out by week",
  by: "Stacked by",
  byProfile: "Profile",
  byIssuer: "Issuer",
  over: "Over",
  week: (number: string) => `W${number}`,
  overTitle: "Already over",
  weekTitle: (number: string, monday: string) => `Week ${number}, from ${monday}`,
  barLabel: (title: string, total: string, planned: string) =>
    `${title}: ${total} end, ${planned} of them with a renewal planned`,
  planned: "Renewal planned",
  unplanned: "Not planned",
  plannedWhy: "By the device itself or by a running campaign.",
  quiet: "Nothing runs out within a year.",
  table: "Show as a table",
  columnWeek: "Week",
  columnPlanned: "Planned",
  columnUnplanned: "Not planned",
  failed: "The timeline could not be loaded",
  beforeContact: (count: string) =>
    count === "1"
      ? "1 device will expire before its next expected contact"
      : `${count} devices will expire before their next expected contact`,
  byPeople: (count: string) =>
    count === "1"
      ? "1 is renewed by people and ends within 30 days"
      : `${count} are renewed by people and end within 30 days`,
  late: (count: string) =>
    count === "1"
      ? "1 device's renewal is overdue or critical"
      : `${count} devices' renewals are overdue or critical`,
  calm: "Nothing here needs anybody within 30 days.",
  atLeast: (count: string) => `More than ${count}`,
};
