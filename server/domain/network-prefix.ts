/**
 * The network that an address stands for in throttling: /24 of IPv4, /64 of IPv6 (or /56, which is
 * what a customer of a provider usually has). Whoever holds one address of such a network can usually
 * have the others too.
 * @returns "unknown" for what is no address
 */
export function networkPrefix(
  address: string | undefined,
  { ipv6Bits }: { readonly ipv6Bits: 56 | 64 } = { ipv6Bits: 64 },
): string {
  const bare = (address ?? "").toLowerCase().replace(/%.*$/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1] ?? bare;
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(mapped)?.[1];
  if (v4 !== undefined) return `${v4}.0/24`;
  if (!/^[0-9a-f:.]+$/.test(bare) || !bare.includes(":")) return "unknown";
  const [first, second, third, fourth = ""] = groupsOf(bare);
  const last = ipv6Bits === 64 ? fourth : fourth.replace(/^(.*)..$|^.{1,2}$/, "$100");
  const shown = last === "00" ? "0" : last;
  return `${[first, second, third, shown].join(":")}::/${ipv6Bits}`;
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
