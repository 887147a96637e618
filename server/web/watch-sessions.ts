import "server-only";
import type { Context } from "#server/services/context.ts";
import { stillLiveSessions } from "#server/services/session/still-live.ts";
import { logBug } from "#server/web/log-bug.ts";

const recheckMs = 5_000;

type Watch = { readonly sessionId: string; readonly onEnd: (why: "ended" | "unknown") => void };
type Tenant = { readonly watches: Set<Watch>; readonly timer: NodeJS.Timeout };

const tenants = new Map<string, Tenant>();

/**
 * Tells when the caller's session ends, within seconds: one question for all the streams of an
 * organisation. `unknown`: nobody can say whether it counts, so that the stream must not go on.
 * @returns a function that ends the watch
 */
export function watchSession(
  ctx: Pick<Context, "db" | "tenantId" | "requestId" | "now">,
  watch: Watch,
): () => void {
  const { watches, timer } = tenants.get(ctx.tenantId) ?? startTenant(ctx);
  watches.add(watch);
  return () => {
    watches.delete(watch);
    if (watches.size > 0) return;
    clearInterval(timer);
    tenants.delete(ctx.tenantId);
  };
}

function startTenant(ctx: Pick<Context, "db" | "tenantId" | "requestId" | "now">): Tenant {
  const watches = new Set<Watch>();
  const timer = setInterval(() => void recheck(ctx, watches), recheckMs);
  const tenant = { watches, timer };
  tenants.set(ctx.tenantId, tenant);
  return tenant;
}

async function recheck(
  { db, tenantId, requestId, now }: Pick<Context, "db" | "tenantId" | "requestId" | "now">,
  watches: ReadonlySet<Watch>,
): Promise<void> {
  const asked = [...watches];
  const sessionIds = [...new Set(asked.map(({ sessionId }) => sessionId))];
  try {
    const live = await stillLiveSessions({ db, tenantId, sessionIds }, now());
    for (const { sessionId, onEnd } of asked) if (!live.has(sessionId)) onEnd("ended");
  } catch (error) {
    // The browsers come back and ask again.
    logBug(error, requestId);
    for (const { onEnd } of asked) onEnd("unknown");
  }
}
