import type { Database } from "#server/db/client.ts";
import type { Log } from "#server/observability/log.ts";
import type { askForRenewal } from "#server/services/certificate/ask-for-renewal.ts";
import type { SystemParts } from "#server/services/system-context.ts";

/** What the work on campaigns needs of its worker. */
export type CampaignParts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  /** Connections of the application role, signer and keyring; its clock is the campaigns'. */
  readonly system: SystemParts;
  readonly log: Log;
  readonly workerId: string;
  /** Tells devices to renew, in the transaction that marks them as asked. */
  readonly ask: typeof askForRenewal;
};
