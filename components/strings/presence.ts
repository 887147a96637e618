import { presenceNames, type Presence, type PresenceCause } from "#server/domain/presence.ts";

/** What an operator reads of a cause; empty where the presence alone says it. */
const causeText: Readonly<Record<PresenceCause, string>> = {
  "": "",
  gateway: "by way of its gateway",
  mute: "connected, but sends nothing",
  backfill: "its gateway delivers old readings of it and no new ones",
  credential: "everything it could show has ended or was revoked",
  resuming: "the server ended its connection a moment ago",
  state: "somebody decided so",
};

/** A cause that depends on what it explains. */
export function causeOf(presence: Presence, cause: PresenceCause): string {
  if (cause === "gateway") {
    return presence === "stranded" ? presenceText.gatewayGone : presenceText.throughGateway;
  }
  return causeText[cause];
}

/** Words of presence over time. */
export const presenceText = {
  title: "Presence",
  range: "Time shown",
  ranges: { 24: "24 hours", 168: "7 days", 720: "30 days" } as Readonly<Record<number, string>>,
  since: "since",
  throughGateway: "heard through its gateway",
  gatewayGone: "its gateway is not heard",
  behind: (gateway: string, presence: Presence) =>
    `Behind ${gateway}, which is ${presenceNames[presence].toLowerCase()} since`,
  behindShort: (gateway: string, presence: Presence) =>
    `behind ${gateway}, ${presenceNames[presence].toLowerCase()}`,
  folded: (count: string) =>
    count === "1"
      ? "1 device behind it is not heard because of that"
      : `${count} devices behind it are not heard because of that`,
  available: (share: string, range: string) => `heard ${share} of its expected time, last ${range}`,
  bar: (from: string, until: string, share: string) =>
    `Presence from ${from} to ${until}; heard as expected ${share} of it. The table of changes says the same.`,
  changes: (count: string) => (count === "1" ? "1 state" : `${count} states`),
  table: "How it was, newest first",
  from: "From",
  lasted: "For",
  presence: "Presence",
  why: "Why",
  cut: "It changed more often than is shown here; the beginning is left out.",
  failed: "Its presence over time could not be read.",
} as const;

/** Words of the page of availability. */
export const availabilityWords = {
  title: "Availability",
  subtitle: "For how much of their time devices were heard as expected.",
  period: "Period",
  days: (days: number) => (days === 1 ? "Today" : `Last ${days} days`),
  by: "Tell apart by",
  kinds: { profile: "Profile", tag: "Tag" } as Readonly<Record<string, string>>,
  narrow: "Of devices",
  everyProfile: "Every profile",
  everyGroup: "Every group",
  ofTag: (tag: string) => `with the tag ${tag}`,
  everyDevice: "Show every device",
  whole: "Heard as expected",
  devices: (count: string) => (count === "1" ? "1 device" : `${count} devices`),
  upTo: "up to",
  late: "Late",
  missed: "Silent or stranded",
  excused: "Not expected",
  excusedHint: "Never seen, suspended, in quarantine or decommissioned: it does not count.",
  perDay: "Day by day",
  perDayAside: "days in UTC; today so far",
  day: (day: string, share: string) => `${day}: heard as expected ${share}`,
  groups: "By",
  group: "Group",
  count: "Devices",
  share: "Availability",
  missedTime: "Missed",
  worst: "Missed most",
  worstAside: "by share of their time",
  device: "Device",
  now: "Now",
  noneMissed: "No device was missed in this time.",
  noGroups: "Nobody has given a device a tag yet.",
  csv: "CSV",
  csvFailed: "The file could not be made",
  tooMuch: "Too much to sum up at once",
  empty: "No device to tell of",
  emptyText:
    "Availability is told once devices are registered, from the minute they are first heard.",
  emptyNarrowed: "No device matches what you chose.",
  definition: "What this counts",
  definitionText: [
    "Availability is the time in which a device was online or idle, divided by the time in which somebody expected it: online, idle, late, silent and stranded together.",
    "Idle counts as heard: a device that sends once a day is as it should be between two reports. Late counts as missed from the moment its expected contact has passed.",
    "Time before a device was first heard, and time in which a person had it suspended, in quarantine or decommissioned, counts for nobody. The share of several devices is of their times added up.",
  ],
} as const;
