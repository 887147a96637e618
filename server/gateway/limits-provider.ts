import type { Logger } from "pino";
import type { Database } from "#server/db/client.ts";
import { readListenerLimits } from "#server/db/read-listener-limits.ts";
import {
  effectiveLimits,
  type LimitOverride,
  type ListenerLimits,
} from "#server/domain/listener-limits.ts";

/** The limits in force, by organisation. */
export type LimitsProvider = {
  /** The same object until something changes. Never waits: what is not read yet is the default. */
  of(tenantId: string): ListenerLimits;
  /**
   * Reads what was set, of one organisation or of all.
   * @throws Error when the database cannot be asked; what was read before holds until then
   */
  reload(tenantId?: string): Promise<void>;
  /** Reads all of it each minute, in case a notification was lost. @returns stops it */
  follow(log: Logger): () => Promise<void>;
};

const reloadMs = 60_000;

/**
 * Limits that administrators set, over the defaults. Nothing is read before the first `reload`.
 * @param input.read for tests; the database unless given
 */
export function createLimitsProvider(input: {
  readonly db: Database;
  readonly defaults: ListenerLimits;
  readonly read?: typeof readListenerLimits;
}): LimitsProvider {
  const { db, defaults, read = readListenerLimits } = input;
  const known = new Map<string, { readonly key: string; readonly limits: ListenerLimits }>();
  /** Grows with each read: an older one that answers later changes nothing. */
  let newest = 0;
  const since = new Map<string, number>();

  function put(tenantId: string, overrides: readonly LimitOverride[]): void {
    if (overrides.length === 0) {
      known.delete(tenantId);
      return;
    }
    const key = JSON.stringify(overrides.map(({ scope, name, value }) => [scope, name, value]));
    if (known.get(tenantId)?.key === key) return;
    known.set(tenantId, { key, limits: effectiveLimits(overrides, defaults) });
  }

  async function reload(tenantId?: string): Promise<void> {
    newest += 1;
    const mine = newest;
    const rows = await read(db, tenantId);
    const tenants = new Set(rows.map((row) => row.tenantId));
    for (const each of tenantId === undefined ? known.keys() : [tenantId]) tenants.add(each);
    for (const each of tenants) {
      if ((since.get(each) ?? 0) > mine) continue;
      since.set(each, mine);
      put(
        each,
        rows.filter((row) => row.tenantId === each),
      );
    }
  }

  return {
    of: (tenantId) => known.get(tenantId)?.limits ?? defaults,
    reload,
    follow: (log) => {
      let running: Promise<void> = Promise.resolve();
      const timer = setInterval(() => {
        running = reload().catch((error: unknown) =>
          log.warn({ event: "limits.reload_failed", err: error }),
        );
      }, reloadMs);
      timer.unref();
      return () => {
        clearInterval(timer);
        return running;
      };
    },
  };
}
