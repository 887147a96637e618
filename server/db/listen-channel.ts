import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Database } from "#server/db/client.ts";

const retryMs = 500;
/** Nothing is heard on a dead link, so it is asked whether it lives; see watched-pool.ts. */
const pingMs = 3_000;

/** What a listener is told. */
export type ChannelEvents = {
  readonly payload: (payload: string) => void;
  /** Called after each gap, also the first: what was told meanwhile is not known. */
  readonly missed: () => void;
};

/**
 * Listens on a PostgreSQL channel on a connection of its own, for as long as the process lives; a
 * lost connection is opened again.
 * @returns a function that ends it
 */
export function listenChannel(
  db: Database,
  channel: string,
  on: ChannelEvents,
): () => Promise<void> {
  const stopping = new AbortController();
  const loop = listenForEver(db, { channel, on }, stopping.signal);
  return () => {
    stopping.abort();
    return loop;
  };
}

type Listening = { readonly channel: string; readonly on: ChannelEvents };

async function listenForEver(db: Database, what: Listening, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await listenOnce(db, what, signal);
    } catch {
      // The database is away: whoever needs it says so; here it is asked again.
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function listenOnce(db: Database, what: Listening, signal: AbortSignal): Promise<void> {
  const client = await db.pool.connect();
  const ended = Promise.withResolvers<void>();
  client.on("error", (error) => ended.reject(error));
  client.on("end", () => ended.reject(new Error("The connection ended.")));
  client.on("notification", ({ channel, payload }) => {
    if (channel === what.channel) what.on.payload(payload ?? "");
  });
  const stop = (): void => ended.resolve();
  signal.addEventListener("abort", stop, { once: true });
  let pinging: NodeJS.Timeout | undefined;
  try {
    await client.query(`LISTEN ${what.channel}`);
    what.on.missed();
    pinging = setInterval(ping(client, ended.reject), pingMs);
    if (!signal.aborted) await ended.promise;
  } finally {
    clearInterval(pinging);
    signal.removeEventListener("abort", stop);
    ended.promise.catch(() => undefined);
    client.release(true);
  }
}

/** @returns asks the server for a sign of life, unless an earlier question is not answered yet */
function ping(client: pg.PoolClient, failed: (error: unknown) => void): () => void {
  let isAsking = false;
  return () => {
    if (isAsking) return;
    isAsking = true;
    client.query("SELECT 1").then(() => {
      isAsking = false;
    }, failed);
  };
}
