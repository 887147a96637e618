import type { Database } from "#server/db/client.ts";
import { countDueMinutes } from "#server/db/rebuild-rollups.ts";
import type { Log } from "#server/observability/log.ts";
import type { Metrics } from "#server/observability/metrics.ts";

/** Sets the gauge of minutes that wait to be computed; every worker reads it for itself. */
export async function measureRollups(at: {
  readonly db: Database;
  readonly metrics: Pick<Metrics, "rollupsDue">;
  readonly log: Log;
}): Promise<void> {
  try {
    at.metrics.rollupsDue.set(await countDueMinutes(at.db));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    at.log.warn({ event: "rollups.not_measured", reason });
  }
}
