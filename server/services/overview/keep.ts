import type { Tx } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";

/**
 * What is counted over a whole fleet is kept for a while: at least three seconds, and twenty times
 * as long as it took, so that it never costs more than a twentieth of one connection.
 */
const keepMs = (tookMs: number) => Math.max(3_000, tookMs * 20);
/** Older than that it is not shown any more. */
const staleMs = 60_000;

type Read<T> = (at: { readonly ctx: Context; readonly tx: Tx }) => Promise<T>;
type Kept<T> = { readonly value: T; readonly readAt: number; readonly until: number };

/** Gives the answer for the caller's organisation, at most a minute old. */
export type Keeper<T> = (at: { readonly ctx: Context; readonly tx: Tx }) => Promise<T>;

/**
 * Keeps one answer for each organisation. Whoever asks when it is due gets the kept one and has it
 * read anew beside; only the first, and whoever asks after a long silence, waits for the reading.
 */
export function createKeeper<T>(read: Read<T>): Keeper<T> {
  const perDatabase = new WeakMap<Context["db"], Map<string, Kept<T>>>();
  const reading = new WeakMap<Context["db"], Set<string>>();

  return async ({ ctx, tx }) => {
    const kept = perDatabase.get(ctx.db) ?? new Map<string, Kept<T>>();
    perDatabase.set(ctx.db, kept);
    const now = ctx.now().getTime();
    const known = kept.get(ctx.tenantId);
    if (known === undefined || now - known.readAt > staleMs) {
      return keep(kept, ctx, async () => read({ ctx, tx }));
    }
    const underWay = reading.get(ctx.db) ?? new Set<string>();
    reading.set(ctx.db, underWay);
    if (now >= known.until && !underWay.has(ctx.tenantId)) {
      underWay.add(ctx.tenantId);
      const anew = async () => withTenant(ctx, async (own) => read({ ctx, tx: own }));
      keep(kept, ctx, anew).then(
        () => underWay.delete(ctx.tenantId),
        () => {
          // Whoever asks next reads, and is told why that fails.
          underWay.delete(ctx.tenantId);
          kept.delete(ctx.tenantId);
        },
      );
    }
    return known.value;
  };
}

async function keep<T>(
  kept: Map<string, Kept<T>>,
  ctx: Context,
  read: () => Promise<T>,
): Promise<T> {
  const startedAt = ctx.now().getTime();
  const value = await read();
  const doneAt = ctx.now().getTime();
  kept.set(ctx.tenantId, { value, readAt: startedAt, until: doneAt + keepMs(doneAt - startedAt) });
  return value;
}
