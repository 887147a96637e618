import type { DeviceSummary } from "#server/services/device/summary.ts";

/** Words of the fleet table. */
export const fleetText = {
  tabs: "Views of the fleet",
  tabTable: "Table",
  tabMap: "Map",
  tabGroups: "Groups",
  tabAvailability: "Availability",
  title: "Devices",
  counting: "Counting…",
  matching: (count: string, total: string) => `${count} of ${total} match`,
  total: (total: string) => (total === "1" ? "1 device" : `${total} devices`),
  atLeast: (count: string) => `more than ${count}`,
  onboard: "Onboard a device",
  exportAll: "Export CSV",
  exportSelected: (count: string) => `Export ${count} as CSV`,
  exportLabel: "Export the matching devices as CSV",

  search: "Find in this list",
  searchHint: "Name, device id or serial number",
  clearSearch: "Clear the text",
  clearAll: "Clear filters",
  presence: "Presence",
  profile: "Profile",
  certificate: "Certificate",
  facet: (name: string) => `${name}:`,
  removeFacet: (name: string) => `Remove the filter ${name}`,
  filters: "Filters",
  queryHint: "Words, or presence:silent tag:roof contact:>2h",
  completions: "What can be typed here",
  notApplied: "It is not applied.",
  brokenTitle: "The query is not understood",
  brokenText: "What is wrong with it stands under the field.",
  instead: "Instead:",
  tag: "Tag",
  firmware: "Firmware",
  group: "Group",
  goneGroup: "one that is gone",
  text: "Text",
  location: "Location",
  locations: { known: "known", unknown: "not known" },
  inFrame: "in a part of the map",
  longerAgo: (time: string) => `longer ago than ${time}`,
  within: (time: string) => `within ${time}`,
  unknownNames: (names: string) => `Nothing matches, because there is no ${names}.`,
  unknownKinds: { profile: "profile", gateway: "gateway", group: "group" },

  columns: "Columns",
  columnsTitle: "Columns of the table",
  columnsText: "Which columns there are, in which order, and how many pixels wide.",
  columnsOwn: "Of the device",
  columnsMetrics: "Newest values",
  columnsNoMetrics: "No schema has a metric yet.",
  columnUp: (name: string) => `Move ${name} up`,
  columnDown: (name: string) => `Move ${name} down`,
  columnWidth: (name: string) => `Width of ${name} in pixels`,
  columnRemove: (name: string) => `Take ${name} away`,
  columnWidthUsual: "auto",
  columnAdd: "Add a column",
  columnChoose: "Choose…",
  columnsUsual: "Reset",
  columnsDone: "Done",
  columnTags: "Tags",
  columnFirmware: "Firmware",
  columnGateway: "Gateway",
  columnPlace: "Place",
  columnSerial: "Serial number",
  columnCreated: "Registered",

  viewWords: {
    asItComes: "All devices",
    kept: "Filters, order and columns are kept under this name.",
    makeDefault: "Open the table with this view",
    noDefault: "Open the table as it comes",
    defaultSet: "The table opens so from now on",
  },
  groupOf: "Make a group of it…",
  selectMatching: (count: string) => `Select all ${count} that match`,

  columnDevice: "Device",
  columnPresence: "Presence",
  columnContact: "Last contact",
  columnProfile: "Profile",
  columnCertificate: "Certificate",
  columnConnection: "Connected via",

  never: "not yet",
  expectedEvery: (time: string) => `, expected every ${time}`,
  noCertificate: "none",
  expired: "expired",
  daysLeft: (days: string) => (days === "1" ? "1 day" : `${days} days`),
  lessThanDay: "under a day",

  nothingTitle: "No device matches",
  nothingText: "Take away a filter, or look for other text.",
} as const;

/** TLSv1.3 as people write it. */
export function tlsName(version: string): string {
  return version.replace(/^TLSv/, "TLS ");
}

/** AES-128-GCM of TLS_AES_128_GCM_SHA256: a suite of TLS 1.3 without what goes without saying. */
export function cipherName(suite: string): string {
  const [, name] = /^TLS_(.+)_SHA\d+$/.exec(suite) ?? [];
  return name === undefined ? suite : name.replaceAll("_", "-");
}

/** How a device is connected, in words. */
export function connectionName({
  protocol,
  tlsVersion,
}: Pick<DeviceSummary, "protocol" | "tlsVersion">): string | null {
  if (protocol === null) return null;
  return tlsVersion === null ? `${protocol}, no TLS` : `${protocol}, ${tlsName(tlsVersion)}`;
}
