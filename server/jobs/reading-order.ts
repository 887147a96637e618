import type { Database } from "#server/db/client.ts";
import {
  findUnorderedDays,
  largestDayBytes,
  leaveDay,
  orderDay,
} from "#server/db/order-readings.ts";
import type { Job } from "#server/jobs/runner.ts";

/**
 * Puts a day of readings that is over in the order of devices, once, so that a chart reads few pages.
 * One day an hour at most, and only one that nothing came for in the last hour: its lock keeps late
 * readings waiting, and the batches that hold some.
 */
export function readingOrder(db: Database): Job {
  return {
    name: "telemetry.order",
    everyMs: 3_600_000,
    run: async () => {
      const days = await findUnorderedDays(db);
      for (const { partition, bytes } of days) {
        if (bytes > largestDayBytes) await leaveDay(db, partition, "too-large");
      }
      const next = days.find(({ bytes, isQuiet }) => isQuiet && bytes <= largestDayBytes);
      if (next === undefined) return `${days.length} days are not in order, none is quiet enough`;
      const { partition } = next;
      const outcome = await orderDay(db, partition);
      if (outcome !== "ordered") await leaveDay(db, partition, outcome);
      return `${partition} is ${outcome}`;
    },
  };
}
