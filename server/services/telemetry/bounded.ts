import { cancelOnAbort } from "#server/db/cancel-on-abort.ts";
import type { Tx } from "#server/db/client.ts";
import { seriesTimeoutMs } from "#server/db/read-series.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/**
 * Runs statements over telemetry within their time, and no longer than somebody waits for them.
 * @throws ServiceError invalid when they take too long, unavailable when nobody waits any more
 */
export async function bounded<T>(
  { ctx, tx }: { readonly ctx: Context; readonly tx: Tx },
  work: () => Promise<T>,
): Promise<T> {
  const { db, signal } = ctx;
  try {
    return await cancelOnAbort({ db, tx, signal, timeoutMs: seriesTimeoutMs }, work);
  } catch (error) {
    if (signal?.aborted === true) {
      throw new ServiceError("unavailable", "Nobody waits for this answer any more.", {
        remedy: "Ask again.",
      });
    }
    if (!(error instanceof Error) || !/57014|statement timeout/.test(error.message)) throw error;
    throw new ServiceError("invalid", "This range has too many readings to draw in time.", {
      remedy: "Choose a shorter range, fewer devices or fewer metrics.",
    });
  }
}
