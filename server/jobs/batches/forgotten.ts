import { findForgottenBatches } from "#server/db/claim-device-batch.ts";
import type { Database } from "#server/db/client.ts";
import type { Job } from "#server/jobs/runner.ts";
import { expireBatch } from "#server/services/batch/expire.ts";
import { ServiceError } from "#server/services/errors.ts";
import { systemContext, type SystemParts } from "#server/services/system-context.ts";

/** For so long a batch waits for its file. */
const patienceHours = 24;

/** Ends batches whose file never came. */
export function forgottenBatches(at: {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly system: SystemParts;
}): Job {
  return {
    name: "batches.forgotten",
    everyMs: 600_000,
    run: async () => {
      let ended = 0;
      for (const { tenantId, id } of await findForgottenBatches(at.db, patienceHours)) {
        const ctx = systemContext(at.system, { tenantId, name: "batch" });
        try {
          await expireBatch(ctx, { batchId: id });
          ended += 1;
        } catch (error) {
          // Its file came in this moment, or somebody cancelled it.
          if (!(error instanceof ServiceError) || error.code !== "conflict") throw error;
        }
      }
      return `${ended} batches waited for a file for more than ${patienceHours} hours`;
    },
  };
}
