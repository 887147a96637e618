/**
 * The network that an address stands for in throttling: /24 of IPv4, /64 of IPv6. Whoever holds one
 * address of such a network can usually have the others too.
 * @returns "unknown" for what is no address
 */
export function networkPrefix(address: string | undefined): string {
  const bare = (address ?? "").toLowerCase().replace(/%.*$/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1] ?? bare;
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(mapped)?.[1];
  if (v4 !== undefined) return `${v4}.0/24`;
  if (!/^[0-9a-f:.]+$/.test(bare) || !bare.includes(":")) return "unknown";
  return `${groupsOf(bare).slice(0, 4).join(":")}::/64`;
}

/** The groups of an IPv6 address without leading zeros, "::" spelled out. */
function groupsOf(address: string): readonly string[] {
  const [head = "", tail] = address.split("::", 2);
  const list = (text: string) => (text === "" ? [] : text.split(":"));
  const front = list(head);
  const back = list(tail ?? "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  return [...front, ...Array<string>(zeros).fill("0"), ...back].map((group) =>
    group.replace(/^0+(?=.)/, ""),
  );
}
