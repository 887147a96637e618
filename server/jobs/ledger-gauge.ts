import type { Database } from "#server/db/client.ts";
import { sumOpenDifferences } from "#server/db/sum-open-differences.ts";
import type { Log } from "#server/observability/log.ts";
import type { Metrics } from "#server/observability/metrics.ts";

/**
 * Sets the gauge of what is unaccounted for. Every worker reads it for itself: the check runs on
 * one of them, and a gauge that another had set would stay.
 */
export async function measureBalance(at: {
  readonly db: Database;
  readonly metrics: Pick<Metrics, "unaccounted">;
  readonly log: Log;
}): Promise<void> {
  try {
    const open = await sumOpenDifferences(at.db);
    at.metrics.unaccounted.reset();
    for (const { tenantId, messages } of open) {
      at.metrics.unaccounted.set({ tenant: tenantId }, messages);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    at.log.warn({ event: "ledger.not_measured", reason });
  }
}
