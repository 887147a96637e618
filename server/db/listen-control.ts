import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Database } from "#server/db/client.ts";
import { controlChannel, type ControlEvent } from "#server/db/notify-control.ts";

const events = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("device"), tenantId: z.string(), deviceKey: z.string() }),
  z.object({ kind: z.literal("profile"), tenantId: z.string(), profileId: z.string() }),
  z.object({
    kind: z.literal("service-client"),
    tenantId: z.string(),
    serviceClientId: z.string(),
  }),
  z.object({ kind: z.literal("limits"), tenantId: z.string() }),
]) satisfies z.ZodType<ControlEvent>;

const retryMs = 500;

/**
 * Listens for changes of the control plane on a connection of its own, for as long as the process
 * lives; a lost connection is opened again.
 * @param on.missed called after each gap, also the first: what was told meanwhile is not known
 * @returns a function that ends it
 */
export function listenControl(
  db: Database,
  on: { readonly event: (event: ControlEvent) => void; readonly missed: () => void },
): () => Promise<void> {
  const stopping = new AbortController();
  const loop = listenForEver(db, on, stopping.signal);
  return () => {
    stopping.abort();
    return loop;
  };
}

async function listenForEver(
  db: Database,
  on: { readonly event: (event: ControlEvent) => void; readonly missed: () => void },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await listenOnce(db, on, signal);
    } catch {
      // The database is away: whoever needs it says so; here it is asked again.
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function listenOnce(
  db: Database,
  on: { readonly event: (event: ControlEvent) => void; readonly missed: () => void },
  signal: AbortSignal,
): Promise<void> {
  const client = await db.pool.connect();
  const ended = Promise.withResolvers<void>();
  client.on("error", (error) => ended.reject(error));
  client.on("end", () => ended.reject(new Error("The connection ended.")));
  client.on("notification", ({ channel, payload }) => {
    const event = channel === controlChannel ? readEvent(payload ?? "") : undefined;
    if (event !== undefined) on.event(event);
  });
  const stop = (): void => ended.resolve();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await client.query(`LISTEN ${controlChannel}`);
    on.missed();
    if (!signal.aborted) await ended.promise;
  } finally {
    signal.removeEventListener("abort", stop);
    ended.promise.catch(() => undefined);
    client.release(true);
  }
}

function readEvent(payload: string): ControlEvent | undefined {
  try {
    const parsed = events.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
