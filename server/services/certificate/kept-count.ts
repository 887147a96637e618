import type { Database } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";

/**
 * A count over a whole fleet is kept for a while: at least three seconds, and twenty times as long as it
 * took, so that it never costs more than a twentieth of one connection.
 */
const keepMs = (tookMs: number) => Math.max(3_000, tookMs * 20);

/** Counts of so many organisations at once. */
const mostKept = 500;

type Kept = { readonly until: number; readonly value: unknown };
const kept = new WeakMap<Database, Map<string, Kept>>();

/**
 * What `count` gave a moment ago for the same tenant and name, or what it gives now.
 * @throws what `count` throws
 */
export async function keptCount<T>(
  ctx: Pick<Context, "db" | "tenantId" | "now">,
  name: string,
  count: (now: Date) => Promise<T>,
): Promise<T> {
  const perDatabase = kept.get(ctx.db) ?? new Map<string, Kept>();
  kept.set(ctx.db, perDatabase);
  const key = `${ctx.tenantId}:${name}`;
  const now = ctx.now();
  const known = perDatabase.get(key);
  // The name says which count it is, and with it the type.
  if (known !== undefined && now.getTime() < known.until) return known.value as T;

  const value = await count(now);
  const doneAt = ctx.now().getTime();
  if (perDatabase.size >= mostKept) perDatabase.clear();
  perDatabase.set(key, { until: doneAt + keepMs(doneAt - now.getTime()), value });
  return value;
}
