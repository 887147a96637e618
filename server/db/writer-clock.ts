/** By which clocks rows are written. */
export type WriterClock = {
  /** The writer's own clock as the rows leave it; what is in them was read from the same clock. */
  readonly sentAt?: Date;
  /** The database's clock; tests set it. */
  readonly now?: Date;
};

/** A difference that a slow network does not explain. */
const clockDiffersSeconds = 5;

/**
 * A common table expression `clock(now, shift)`: the database's clock, and what must be added to
 * instants of a writer whose clock is wrong. Presence is judged by one clock only.
 * @param sentAt placeholder of {@link WriterClock.sentAt}
 * @param now placeholder of {@link WriterClock.now}
 */
export function writerClockSql(sentAt: string, now: string): string {
  return `clock AS (
     SELECT c.now, CASE WHEN abs(extract(epoch FROM c.now - ${sentAt}::timestamptz)) > ${clockDiffersSeconds}
       THEN c.now - ${sentAt}::timestamptz ELSE interval '0' END AS shift
     FROM (SELECT COALESCE(${now}::timestamptz, clock_timestamp()) AS now) c)`;
}
