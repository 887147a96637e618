import { networkPrefix } from "#server/domain/network-prefix.ts";
import { createTokenBucket, type TokenBucket } from "#server/gateway/token-bucket.ts";

/** A rate for each network or other key; those heard of longest ago are forgotten. */
export type KeyedBuckets = {
  /** Of the network of an address (IPv4 /24, IPv6 /56); this machine counts for none. */
  take(remote: string): boolean;
  takeKey(key: string): boolean;
};

const rememberedKeys = 10_000;

/**
 * @param input.now epoch milliseconds
 * @param input.remembered keys
 */
export function createKeyedBuckets(input: {
  readonly perSecond: number;
  readonly burst: number;
  readonly now: () => number;
  readonly remembered?: number;
}): KeyedBuckets {
  const { remembered = rememberedKeys } = input;
  const buckets = new Map<string, TokenBucket>();
  const takeKey = (key: string): boolean => {
    const bucket = buckets.get(key) ?? createTokenBucket(input);
    buckets.delete(key);
    buckets.set(key, bucket);
    const oldest = buckets.keys().next();
    if (buckets.size > remembered && oldest.done !== true) buckets.delete(oldest.value);
    return bucket.take();
  };
  return {
    takeKey,
    take: (remote) =>
      // A proxy on this machine may stand in front of all clients.
      remote.startsWith("127.") || remote === "::1"
        ? true
        : takeKey(networkPrefix(remote, { ipv6Bits: 56 })),
  };
}
