import type { Database } from "#server/db/client.ts";
import { locateFromTelemetry } from "#server/db/locate-from-telemetry.ts";
import type { Job } from "#server/jobs/runner.ts";

const everyMs = 15_000;
/** Longer than any pause between two runs; what was taken over is not taken over twice. */
const lookBackMs = 10 * 60_000;

/**
 * Keeps where devices are as they say themselves.
 * @param now epoch milliseconds
 */
export function deviceLocation(db: Database, now: () => number = Date.now): Job {
  return {
    name: "devices.location",
    everyMs,
    run: async () => {
      const moved = await locateFromTelemetry(db, new Date(now() - lookBackMs));
      return `${moved} devices moved`;
    },
  };
}
