/** Why a reading does not carry the device's time; stored in `telemetry.reading.flags`. */
export const timeFlags = { none: 0, outOfBounds: 1, absent: 2 } as const;

export type SaneTime = {
  /** Epoch microseconds. */
  readonly micros: number;
  readonly flags: number;
};

/** Partitions exist a week ahead; a later time would land outside them. */
const furthestFutureMs = 6 * 86_400_000;

/**
 * The time under which a reading is stored: the device's when it is within the profile's bounds,
 * else the server's, flagged. All times are epoch milliseconds.
 */
export function saneTime(input: {
  readonly ts: number | undefined;
  readonly receivedAt: number;
  readonly maxPastMs: number;
  readonly maxFutureMs: number;
}): SaneTime {
  const { ts, receivedAt } = input;
  if (ts === undefined) return { micros: Math.round(receivedAt * 1000), flags: timeFlags.absent };
  const ahead = ts - receivedAt;
  if (ahead > Math.min(input.maxFutureMs, furthestFutureMs) || -ahead > input.maxPastMs) {
    return { micros: Math.round(receivedAt * 1000), flags: timeFlags.outOfBounds };
  }
  return { micros: Math.round(ts * 1000), flags: timeFlags.none };
}
