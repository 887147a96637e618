import type { Database } from "#server/db/client.ts";
import { sampleStores } from "#server/db/measure-stores.ts";
import type { Job } from "#server/jobs/runner.ts";

/** Keeps what the stores weigh, each day, so that their growth is measured and not guessed. */
export function storeSamples(db: Database): Job {
  return {
    name: "telemetry.store_samples",
    everyMs: 3_600_000,
    run: async () => `${await sampleStores(db)} stores were measured`,
  };
}
