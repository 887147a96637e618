import { setTimeout as pause } from "node:timers/promises";
import type { Tx } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";

/**
 * What is counted over a whole fleet is kept for a while: at least three seconds, and twenty times
 * as long as it took, so that it never costs more than a twentieth of one connection.
 */
const keepMs = (tookMs: number) => Math.max(3_000, tookMs * 20);
/** Older than that it is not shown any more: pages ask again in seconds, and get what was read beside. */
const usualAgeMs = 10 * 60_000;
/** What is due is read this much later: first the page that asked gets its processor and database. */
const usualLaterMs = 1_500;

type Reading = { readonly ctx: Context; readonly tx: Tx };
type Read<T> = (at: Reading) => Promise<T>;
type Kept<T> = { readonly value: T; readonly readAt: number; readonly until: number };

/** Gives the answer for the caller's organisation, ten minutes old at most if nothing else is said. */
export type Keeper<T> = (at: Reading) => Promise<T>;

type KeeperOptions = {
  readonly laterMs?: number;
  /** Shorter where nobody asks again. */
  readonly mostAgeMs?: number;
  /** What the answer depends on beside the organisation, as the caller's rights. */
  readonly apart?: (ctx: Context) => string;
};

/** As `Keeper`, in a transaction of its own; undefined when reading takes longer than the patience. */
export type PatientKeeper<T> = (ctx: Context) => Promise<T | undefined>;

/**
 * Keeps one answer for each organisation. Whoever asks when it is due gets the kept one and has it
 * read anew beside; only the first, and whoever asks after a long silence, waits for the reading.
 */
export function createKeeper<T>(
  read: Read<T>,
  { laterMs = usualLaterMs, mostAgeMs = usualAgeMs, apart = alike }: KeeperOptions = {},
): Keeper<T> {
  const shelf = createShelf(read, apart);
  return async ({ ctx, tx }) => {
    const { kept, key } = shelf.of(ctx);
    const known = usable(kept.get(key), ctx, mostAgeMs);
    if (known === undefined) return keep({ kept, key }, ctx, async () => read({ ctx, tx }));
    if (isDue(known, ctx)) void shelf.readBeside(ctx, laterMs);
    return known.value;
  };
}

/**
 * As `createKeeper`, and nobody waits longer than `patienceMs`: a page shows what it has, and asks
 * again when the count is done.
 */
export function createPatientKeeper<T>(read: Read<T>, patienceMs: number): PatientKeeper<T> {
  const shelf = createShelf(read, alike);
  return async (ctx) => {
    const { kept, key } = shelf.of(ctx);
    const known = usable(kept.get(key), ctx, usualAgeMs);
    if (known !== undefined && !isDue(known, ctx)) return known.value;
    const reading = shelf.readBeside(ctx, known === undefined ? 0 : usualLaterMs);
    if (known !== undefined) return known.value;
    const done = new AbortController();
    try {
      return await Promise.race([
        reading,
        pause(patienceMs, undefined, { signal: done.signal, ref: false }),
      ]);
    } finally {
      done.abort();
    }
  };
}

/** Everybody in an organisation gets the same answer. */
const alike = () => "";

type Shelf<T> = {
  /** What the context's database was asked, and the caller's place in it. */
  readonly of: (ctx: Context) => Answers<T> & { readonly key: string };
  /** Reads anew in a transaction of its own; whoever asks meanwhile gets the same reading. */
  readonly readBeside: (ctx: Context, laterMs: number) => Promise<T>;
};

type Answers<T> = {
  readonly kept: Map<string, Kept<T>>;
  readonly reading: Map<string, Promise<T>>;
};

function createShelf<T>(read: Read<T>, apart: (ctx: Context) => string): Shelf<T> {
  const perDatabase = new WeakMap<Context["db"], Answers<T>>();
  const of = (ctx: Context) => {
    const answers = perDatabase.get(ctx.db) ?? { kept: new Map(), reading: new Map() };
    perDatabase.set(ctx.db, answers);
    return { ...answers, key: `${ctx.tenantId} ${apart(ctx)}` };
  };
  const readBeside = (ctx: Context, laterMs: number): Promise<T> => {
    const { kept, reading, key } = of(ctx);
    const underWay = reading.get(key);
    if (underWay !== undefined) return underWay;
    const now = async () =>
      keep({ kept, key }, ctx, async () => withTenant(ctx, async (tx) => read({ ctx, tx })));
    const anew = laterMs === 0 ? now() : pause(laterMs, undefined, { ref: false }).then(now);
    reading.set(key, anew);
    anew.then(
      () => reading.delete(key),
      () => {
        // Whoever asks next reads, and is told why that fails.
        reading.delete(key);
        kept.delete(key);
      },
    );
    return anew;
  };
  return { of, readBeside };
}

function usable<T>(
  known: Kept<T> | undefined,
  ctx: Context,
  mostAgeMs: number,
): Kept<T> | undefined {
  if (known === undefined || ctx.now().getTime() - known.readAt > mostAgeMs) return undefined;
  return known;
}

const isDue = (known: Kept<unknown>, ctx: Context) => ctx.now().getTime() >= known.until;

async function keep<T>(
  { kept, key }: { readonly kept: Map<string, Kept<T>>; readonly key: string },
  ctx: Context,
  read: () => Promise<T>,
): Promise<T> {
  const startedAt = ctx.now().getTime();
  const value = await read();
  const doneAt = ctx.now().getTime();
  kept.set(key, { value, readAt: startedAt, until: doneAt + keepMs(doneAt - startedAt) });
  return value;
}
