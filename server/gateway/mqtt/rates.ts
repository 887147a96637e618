import type { Principal } from "#server/gateway/identify/principal.ts";
import { nameOf, ownerOf, tenantOf } from "#server/gateway/identify/principal.ts";
import { sessionKey } from "#server/broker/publication.ts";
import type { MqttLimits } from "#server/gateway/mqtt/limits.ts";
import { Meter, Throttle, type ThrottleScope } from "#server/gateway/mqtt/throttle.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import { createTokenBucket, type TokenBucket } from "#server/gateway/token-bucket.ts";

/** What clients share with others of their device or tenant, at this worker. */
export type Rates = {
  /** Takes a connect of this client's rates; the refusal when there is none left. */
  connect(
    principal: Principal,
    limits: MqttLimits,
    connections: { readonly ofTenant: number; readonly ofOwner: number },
  ): Refusal | undefined;
  throttleFor(principal: Principal, limits: () => MqttLimits): Throttle;
  /** Times that a connection was left unread for its rate, by whose rate. */
  readonly throttled: Record<ThrottleScope, number>;
};

type Shared = {
  readonly meter: Meter;
  connects: TokenBucket | undefined;
  /** The limit that `connects` was made for. */
  connectsPerSecond: number;
  usedAt: number;
};

/** Long enough for every bucket to be full again: forgetting it then changes nothing. */
const forgetMs = 120_000;
const sweepAt = 1_000;

/** @param now epoch milliseconds */
export function createRates(now: () => number): Rates {
  const owners = new Map<string, Shared>();
  const tenants = new Map<string, Shared>();
  const shared = (of: Map<string, Shared>, key: string): Shared => {
    let found = of.get(key);
    if (found === undefined) {
      if (of.size > 0 && of.size % sweepAt === 0) sweep(of, now());
      found = { meter: new Meter(), connects: undefined, connectsPerSecond: 0, usedAt: 0 };
      of.set(key, found);
    }
    found.usedAt = now();
    return found;
  };
  const take = (of: Shared, perSecond: number, burst: number): boolean => {
    if (perSecond <= 0) return true;
    if (of.connects === undefined || of.connectsPerSecond !== perSecond) {
      of.connects = createTokenBucket({ perSecond, burst, now });
      of.connectsPerSecond = perSecond;
    }
    return of.connects.take();
  };
  const ofOwner = (principal: Principal) => shared(owners, sessionKey(ownerOf(principal), ""));
  const ofTenant = (principal: Principal) => shared(tenants, tenantOf(principal));
  return {
    connect: (principal, { device, tenant }, { ofTenant: inTenant, ofOwner: own }) => {
      if (inTenant >= tenant.connections) return tooMany("The organisation", tenant.connections);
      if (own >= device.connections) return tooMany(nameOf(principal), device.connections);
      const perMinute = device.connectsPerMinute;
      if (!take(ofOwner(principal), perMinute / 60, Math.max(1, perMinute))) {
        return tooOften(`${nameOf(principal)} connected more than ${perMinute} times a minute.`);
      }
      const perSecond = tenant.connectsPerSecond;
      if (!take(ofTenant(principal), perSecond, perSecond * 2)) {
        return tooOften(
          `Clients of the organisation connected more than ${perSecond} times a second.`,
        );
      }
      return undefined;
    },
    throttleFor: (principal, limits) =>
      new Throttle(limits, {
        device: ofOwner(principal).meter,
        tenant: ofTenant(principal).meter,
      }),
    throttled: { connection: 0, device: 0, tenant: 0 },
  };
}

function sweep(shared: Map<string, Shared>, now: number): void {
  for (const [key, { usedAt, meter }] of shared) {
    if (now - Math.max(usedAt, meter.usedAt) > forgetMs) shared.delete(key);
  }
}

function tooMany(who: string, limit: number): Refusal {
  return {
    cause: "too-many-connections",
    detail: `${who} already has ${limit} connections here, its limit.`,
    remedy: "Raise the limit on the page of listener limits, or close connections.",
  };
}

function tooOften(detail: string): Refusal {
  return {
    cause: "rate",
    detail,
    remedy: "Let the client wait a random time before it connects again.",
  };
}
