import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";

/** Where requests to addresses that people have written may go. */
export type Network = {
  /** All addresses of a host; asked once for each request. */
  resolve(host: string): Promise<readonly string[]>;
  allows(place: { readonly address: string; readonly port: number }): boolean;
  /** Whether whoever runs the installation named this host and port: it may be private, without TLS. */
  trusts?(url: URL): boolean;
  /** PEM of the CAs that servers are checked by; those of Node when absent. */
  readonly ca?: string;
};

const globalIpv6 = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address is of the public internet: no loopback, private, link-local, shared (RFC 6598),
 * documentation, multicast or translated one (RFC 6052), in whichever way it is written.
 */
export function isPublicAddress(text: string): boolean {
  // A zone (%eth0) names an interface of this machine.
  if (text.includes("%") || !ipaddr.isValid(text)) return false;
  // ::ffff:127.0.0.1 is 127.0.0.1.
  const address = ipaddr.process(text);
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || (address as ipaddr.IPv6).match(globalIpv6);
}

/** The public internet, port 443. */
export const publicNetwork: Network = {
  resolve: async (host) => {
    const found = await lookup(host, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  },
  allows: ({ address, port }) => port === 443 && isPublicAddress(address),
};

/**
 * The public internet, and the hosts with their ports that whoever runs the installation allows.
 * @param allowed `host:port` each, as WEBHOOK_ALLOW lists them
 */
export function networkWith(allowed: readonly string[]): Network {
  if (allowed.length === 0) return publicNetwork;
  const places = new Set(allowed.map((each) => each.toLowerCase()));
  return {
    ...publicNetwork,
    trusts: ({ hostname, port, protocol }) =>
      places.has(`${hostname}:${port === "" ? (protocol === "http:" ? "80" : "443") : port}`),
  };
}
