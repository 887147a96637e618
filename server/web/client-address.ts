import { BlockList, isIP } from "node:net";

/** An address in one spelling: IPv4 inside IPv6 becomes IPv4. */
function plain(address: string): string | undefined {
  const bare = address.trim().replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(bare) === 0 ? undefined : bare;
}

/**
 * The client of a request, by the last entry of X-Forwarded-For: the one that the console's own
 * server wrote (see {@link forwardedFor}); entries before it are the client's own words.
 */
export function clientAddress(forwarded: string | null): string | undefined {
  return plain(forwarded?.split(",").at(-1) ?? "");
}

/**
 * What the console's HTTP server puts into X-Forwarded-For before Next sees the request. The peer
 * of the socket, unless that peer is a trusted proxy: then the nearest hop that is none. Loopback
 * is always trusted, because that is where a TLS proxy of the same machine stands.
 */
export function forwardedFor(input: {
  readonly remoteAddress: string | undefined;
  readonly header: string | undefined;
  /** CIDR blocks or single addresses of proxies. */
  readonly trusted: readonly string[];
}): string {
  const list = new BlockList();
  for (const entry of ["127.0.0.0/8", "::1", ...input.trusted]) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  const hops = [...(input.header ?? "").split(","), input.remoteAddress ?? ""]
    .map(plain)
    .filter((hop) => hop !== undefined);
  const nearest = hops.findLast((hop) => !list.check(hop, isIP(hop) === 6 ? "ipv6" : "ipv4"));
  return nearest ?? hops.at(-1) ?? "";
}
