/**
 * Whether this worker has had the database for long enough to call others silent: after an outage,
 * or a sleep of its own, every heartbeat is old, also those of workers that live.
 */
export type Steadiness = {
  /** The database answered. @param now epoch milliseconds */
  answered(now: number): void;
  isSteady(now: number): boolean;
};

/**
 * @param times.gapMs without an answer for so long it is not steady any more
 * @param times.patienceMs then it takes so long again
 */
export function createSteadiness(times: {
  readonly gapMs: number;
  readonly patienceMs: number;
}): Steadiness {
  let last: number | undefined;
  let since = 0;
  const isGap = (now: number): boolean => last === undefined || now - last > times.gapMs;
  return {
    answered: (now) => {
      if (isGap(now)) since = now;
      last = now;
    },
    isSteady: (now) => !isGap(now) && now - since >= times.patienceMs,
  };
}
