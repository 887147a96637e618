import type { ListenerBounds } from "#server/gateway/mqtt/limits.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import { createTokenBucket } from "#server/gateway/token-bucket.ts";

/** What to do with a new connection: serve it, tell it why not, or cut it. */
export type Admission =
  | { readonly kind: "serve" }
  | { readonly kind: "tell" | "cut"; readonly refusal: Refusal };

/**
 * Bounds the number and the rate of connections. Telling a peer why costs a TLS handshake, so that
 * is limited as well; beyond, connections are cut before it.
 * @param now epoch milliseconds
 */
export function createAdmission(limits: ListenerBounds, now: () => number) {
  const perSecond = limits.connectsPerSecond;
  const served = createTokenBucket({ perSecond, burst: perSecond * 2, now });
  const told = createTokenBucket({ perSecond, burst: perSecond, now });
  return (open: number): Admission => {
    const refusal = refusalFor(limits, open, () => served.take());
    if (refusal === undefined) return { kind: "serve" };
    return { kind: told.take() ? "tell" : "cut", refusal };
  };
}

function refusalFor(
  limits: ListenerBounds,
  open: number,
  take: () => boolean,
): Refusal | undefined {
  if (open >= limits.maxConnections) {
    return {
      cause: "too-many-connections",
      detail: `This server already has ${limits.maxConnections} connections, its limit.`,
      remedy: "Add a worker, or raise the limit.",
    };
  }
  if (take()) return undefined;
  return {
    cause: "rate",
    detail: `More than ${limits.connectsPerSecond} devices a second try to connect.`,
    remedy: "Let the clients wait a random time before they connect again.",
  };
}
