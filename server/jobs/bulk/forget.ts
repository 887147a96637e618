import type { Database } from "#server/db/client.ts";
import { forgetWork } from "#server/db/forget-work.ts";
import type { Job } from "#server/jobs/runner.ts";

/** For so long one can look up what became of each device. */
export const workKeptDays = 180;

/** Deletes what was done in the background long ago. */
export function forgottenWork(at: { readonly db: Database; readonly now: () => number }): Job {
  return {
    name: "work.forgotten",
    everyMs: 3_600_000,
    run: async () => {
      const now = new Date(at.now());
      const count = await forgetWork(at.db, { days: workKeptDays, now });
      return `${count} bulk changes and exports ended more than ${workKeptDays} days ago`;
    },
  };
}
