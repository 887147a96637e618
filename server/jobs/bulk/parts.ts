import type { BulkJobRef } from "#server/db/bulk-job-devices.ts";
import type { Database } from "#server/db/client.ts";
import type { Log } from "#server/observability/log.ts";
import type { SystemParts } from "#server/services/system-context.ts";

/** What changing many devices needs of its worker. */
export type BulkParts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  /** Connections of the application role, signer and keyring; its clock is the jobs'. */
  readonly system: SystemParts;
  readonly log: Log;
  readonly workerId: string;
  /** For tests: called after each transaction; what it throws ends the worker there. */
  readonly afterBatch?: (job: BulkJobRef) => void;
  /** For tests: devices of one transaction. */
  readonly batchSize?: number;
};
