import { expect, it } from "vitest";
import { networkPrefix } from "#server/domain/network-prefix.ts";

it.each([
  ["192.0.2.17", "192.0.2.0/24"],
  ["::ffff:192.0.2.17", "192.0.2.0/24"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:2::6", "2001:db8:1:2::/64"],
  ["2001:db8::6", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", "unknown"],
  [undefined, "unknown"],
  ["not an address", "unknown"],
])("the network of %s is %s", (address, prefix) => {
  expect(networkPrefix(address)).toBe(prefix);
});

it.each([
  ["192.0.2.17", "192.0.2.0/24"],
  ["2001:db8:1:12ff::6", "2001:db8:1:1200::/56"],
  ["2001:db8:1:2ff::6", "2001:db8:1:200::/56"],
  ["2001:db8:1:ff::6", "2001:db8:1:0::/56"],
  ["2001:db8:1:2::6", "2001:db8:1:0::/56"],
  ["2001:db8::6", "2001:db8:0:0::/56"],
])("the wide network of %s is %s", (address, prefix) => {
  expect(networkPrefix(address, { ipv6Bits: 56 })).toBe(prefix);
});
