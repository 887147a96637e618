import { networkPrefix } from "#server/domain/network-prefix.ts";
import type { ListenerBounds } from "#server/gateway/mqtt/limits.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import { createTokenBucket, type TokenBucket } from "#server/gateway/token-bucket.ts";

/** A connection that was taken in, and counts as a stranger until it says otherwise. */
export type Place = {
  /** The client is known now. */
  identified(): void;
  /** The socket is gone. */
  leave(): void;
};

/** What to do with a new connection: serve it, tell it why not, or cut it. */
export type Admission =
  | { readonly kind: "serve"; readonly place: Place }
  | { readonly kind: "tell"; readonly place: Place; readonly refusal: Refusal }
  | { readonly kind: "cut"; readonly refusal: Refusal };

/** A socket that was just accepted. */
export type Arrival = {
  /** Address without a port. */
  readonly remote: string;
  /** Sockets that there are already, over all listeners. */
  readonly open: number;
  /** Called at most once, while the client is not identified: its place goes to a newer one. */
  readonly evict: (refusal: Refusal) => void;
};

type Stranger = { readonly network: string | undefined; readonly evict: Arrival["evict"] };

/** Those of the bounds that count before anybody is identified. */
type AdmissionBounds = Pick<
  ListenerBounds,
  "maxConnections" | "maxStrangers" | "maxStrangersPerNetwork" | "connectsPerSecond"
>;

/** Networks whose rate is remembered; beyond, those that were heard of longest ago are forgotten. */
const rememberedNetworks = 10_000;

/**
 * Bounds the number and the rate of connections, in all and of each network (IPv4 /24, IPv6 /56), so
 * that a stranger with few addresses cannot keep a fleet out. Clients of this machine count for no
 * network. Telling a peer why costs a TLS handshake, so that is limited as well; beyond, connections
 * are cut before it. When too many have not said who they are, the one that has had longest to do so
 * makes room: strangers never take the places of those that can be identified.
 * @param now epoch milliseconds
 */
export function createAdmission(
  bounds: AdmissionBounds,
  now: () => number,
): (arrival: Arrival) => Admission {
  const rates = createRates(bounds, now);
  const strangers = createStrangers();
  return (arrival) => {
    const network = networkOf(arrival.remote);
    if (network !== undefined && strangers.of(network) >= bounds.maxStrangersPerNetwork) {
      return { kind: "cut", refusal: crowdedNetwork(network, bounds) };
    }
    const refusal = refusalFor(bounds, arrival, () => rates.refusal(network));
    if (refusal !== undefined && !rates.mayTell()) return { kind: "cut", refusal };
    if (strangers.count >= bounds.maxStrangers) strangers.evictOldest(bounds);
    const place = strangers.enter({ network, evict: arrival.evict });
    return refusal === undefined ? { kind: "serve", place } : { kind: "tell", place, refusal };
  };
}

/** @returns undefined for this machine, where a proxy may stand in front of all clients */
function networkOf(remote: string): string | undefined {
  if (remote.startsWith("127.") || remote === "::1") return undefined;
  return networkPrefix(remote, { ipv6Bits: 56 });
}

/** Connections that have not said who they are, oldest first. */
function createStrangers() {
  const all = new Set<Stranger>();
  const perNetwork = new Map<string, number>();
  const count = (network: string | undefined, change: 1 | -1): void => {
    if (network === undefined) return;
    const left = (perNetwork.get(network) ?? 0) + change;
    if (left === 0) perNetwork.delete(network);
    else perNetwork.set(network, left);
  };
  const remove = (stranger: Stranger): void => {
    if (all.delete(stranger)) count(stranger.network, -1);
  };
  return {
    get count() {
      return all.size;
    },
    of: (network: string): number => perNetwork.get(network) ?? 0,
    enter: (stranger: Stranger): Place => {
      all.add(stranger);
      count(stranger.network, 1);
      const done = (): void => remove(stranger);
      return { identified: done, leave: done };
    },
    evictOldest: (bounds: AdmissionBounds): void => {
      const oldest = all.values().next();
      if (oldest.done === true) return;
      remove(oldest.value);
      oldest.value.evict(madeRoom(bounds));
    },
  };
}

/** Tokens for connections: each network has a share of those for all. */
function createRates({ connectsPerSecond }: AdmissionBounds, now: () => number) {
  const bucket = (perSecond: number, burst: number) => createTokenBucket({ perSecond, burst, now });
  const share = Math.max(1, connectsPerSecond / 2);
  const served = bucket(connectsPerSecond, connectsPerSecond * 2);
  const told = bucket(connectsPerSecond, connectsPerSecond);
  const networks = new Map<string, TokenBucket>();
  const ofNetwork = (network: string): TokenBucket => {
    const own = networks.get(network) ?? bucket(share, share * 2);
    networks.delete(network);
    networks.set(network, own);
    const oldest = networks.keys().next();
    if (networks.size > rememberedNetworks && oldest.done !== true) networks.delete(oldest.value);
    return own;
  };
  return {
    mayTell: () => told.take(),
    /** A network that is beyond its share leaves the tokens of the others alone. */
    refusal: (network: string | undefined): Refusal | undefined => {
      if (network !== undefined && !ofNetwork(network).take()) return fastNetwork(network, share);
      return served.take() ? undefined : tooFast(connectsPerSecond);
    },
  };
}

function refusalFor(
  { maxConnections }: AdmissionBounds,
  { open }: Arrival,
  rate: () => Refusal | undefined,
): Refusal | undefined {
  if (open < maxConnections) return rate();
  return {
    cause: "too-many-connections",
    detail: `This server already has ${maxConnections} connections, its limit.`,
    remedy: "Add a worker, or raise the limit.",
  };
}

function crowdedNetwork(network: string, { maxStrangersPerNetwork }: AdmissionBounds): Refusal {
  return {
    cause: "too-many-connections",
    detail: `${maxStrangersPerNetwork} connections from the network ${network} have not said who they are yet, the most for one network.`,
    remedy: `Look what connects from ${network}. Clients behind one gateway should wait a random time before they connect again.`,
  };
}

function madeRoom({ maxStrangers }: AdmissionBounds): Refusal {
  return {
    cause: "too-many-connections",
    detail: `${maxStrangers} connections had not said who they are, the most there may be; this one had waited longest and made room.`,
    remedy: "Look on this page from where so many connect; let clients send CONNECT at once.",
  };
}

function fastNetwork(network: string, perSecond: number): Refusal {
  return {
    cause: "rate",
    detail: `More than ${perSecond} devices a second try to connect from the network ${network}, the most for one network.`,
    remedy: "Let the clients wait a random time before they connect again.",
  };
}

function tooFast(connectsPerSecond: number): Refusal {
  return {
    cause: "rate",
    detail: `More than ${connectsPerSecond} devices a second try to connect.`,
    remedy: "Let the clients wait a random time before they connect again.",
  };
}
