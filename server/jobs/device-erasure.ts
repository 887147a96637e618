import type { Database } from "#server/db/client.ts";
import { eraseDevice, findOpenErasures } from "#server/db/erase-device.ts";
import type { Job } from "#server/jobs/runner.ts";

/** What a device sent just before it ended is stored by then, and nothing comes after. */
const settledMs = 15_000;

/**
 * Deletes what decommissioned devices sent, where that was asked for.
 * @param now epoch milliseconds
 */
export function deviceErasure(db: Database, now: () => number = Date.now): Job {
  return {
    name: "devices.erasure",
    everyMs: 20_000,
    run: async () => {
      const open = await findOpenErasures(db, new Date(now() - settledMs));
      let rows = 0;
      for (const erasure of open) rows += await eraseDevice(db, erasure, new Date(now()));
      return `${rows} rows of ${open.length} decommissioned devices were deleted`;
    },
  };
}
