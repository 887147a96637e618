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
  if (!/^[0-9a-f:]+(\d+\.\d+\.\d+\.\d+)?$/.test(bare) || !bare.includes(":")) return "unknown";
  const [head = "", tail] = bare.split("::", 2);
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array<string>(zeros).fill("0"), ...back];
  const network = groups
    .slice(0, 4)
    .map((group) => (group.replace(/^0+/, "") === "" ? "0" : group.replace(/^0+/, "")));
  return `${network.join(":")}::/64`;
}
