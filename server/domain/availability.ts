import type { Presence } from "#server/domain/presence.ts";

/** For so long each change of presence is kept; the sums of whole days for longer. */
export const presenceEventDays = 90;
export const presenceDaysDays = 400;

/** Hours that a device's presence is shown of: a day, a week, a month. */
export const presenceHours = [24, 168, 720] as const;

/** Days that availability is summed over. */
export const availabilityPeriods = [1, 7, 30, 90] as const;

/** What availability is told by, besides the whole. */
export const availabilityKinds = ["profile", "tag"] as const;

/** For how many seconds devices were how. */
export type PresenceSeconds = {
  readonly online: number;
  readonly idle: number;
  readonly late: number;
  readonly silent: number;
  readonly stranded: number;
  /** By a person's decision, or not heard yet: nobody expected them. */
  readonly excused: number;
};

export const noSeconds: PresenceSeconds = {
  online: 0,
  idle: 0,
  late: 0,
  silent: 0,
  stranded: 0,
  excused: 0,
};

/** How a presence counts. */
export function countedAs(presence: Presence): keyof PresenceSeconds {
  switch (presence) {
    case "online":
    case "idle":
    case "late":
    case "silent":
    case "stranded":
      return presence;
    case "never_seen":
    case "suspended":
    case "quarantined":
    case "decommissioned":
      return "excused";
  }
}

/**
 * The share of the expected time in which devices were heard as expected (online or idle), 0 to 1.
 * @returns null when nobody expected anything
 */
export function availabilityOf(seconds: PresenceSeconds): number | null {
  const { online, idle, late, silent, stranded } = seconds;
  const expected = online + idle + late + silent + stranded;
  return expected === 0 ? null : (online + idle) / expected;
}

/** Sums of two. */
export function addSeconds(first: PresenceSeconds, second: PresenceSeconds): PresenceSeconds {
  return {
    online: first.online + second.online,
    idle: first.idle + second.idle,
    late: first.late + second.late,
    silent: first.silent + second.silent,
    stranded: first.stranded + second.stranded,
    excused: first.excused + second.excused,
  };
}

/** A share in words for people: never "100 %" where something is missing. */
export function availabilityText(share: number | null): string {
  if (share === null) return "–";
  const percent = share * 100;
  const digits = percent >= 99 && percent < 100 ? 3 : 2;
  const cut = Math.floor(percent * 10 ** digits) / 10 ** digits;
  return `${share === 1 ? "100" : cut.toFixed(digits)} %`;
}
