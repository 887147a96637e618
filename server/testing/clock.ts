/** A clock that stands still until it is told otherwise. */
export type TestClock = {
  /** To be passed as `now`. */
  readonly now: () => Date;
  advance(milliseconds: number): void;
  set(time: string | Date): void;
};

/** @param start ISO 8601 instant at which the clock stands */
export function createClock(start = "2026-11-23T12:00:00.000Z"): TestClock {
  let time = new Date(start).getTime();
  return {
    now: () => new Date(time),
    advance: (milliseconds) => {
      time += milliseconds;
    },
    set: (to) => {
      time = new Date(to).getTime();
    },
  };
}
