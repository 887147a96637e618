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

  emptyTitle: "No devices yet",
  emptyText: "Bring in the first one: it takes a name, a certificate and one message.",
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
