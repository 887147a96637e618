import { describe, expect, it } from "vitest";
import { PostFailed, postJson } from "#server/services/webhook/post-json.ts";
import {
  isPublicAddress,
  networkWith,
  publicNetwork,
} from "#server/services/webhook/public-network.ts";

describe("addresses", () => {
  it.each(["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "2a00:1450:4001:829::200e"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8%eth0",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2001::1",
    "",
    "localhost",
  ])("%s is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it("only the port 443 is asked", () => {
    expect(publicNetwork.allows({ address: "8.8.8.8", port: 443 })).toBe(true);
    expect(publicNetwork.allows({ address: "8.8.8.8", port: 5432 })).toBe(false);
  });
});

describe("what people write as the address of a webhook", () => {
  const message = { body: "{}", headers: {} };
  it.each([
    "https://127.0.0.1/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://8.8.8.8:8443/",
    "http://8.8.8.8/",
    "https://user:secret@8.8.8.8/",
    "https://user@127.0.0.1:443@8.8.8.8/",
  ])("%s is not connected to", async (url) => {
    await expect(postJson(new URL(url), message, publicNetwork)).rejects.toThrow(PostFailed);
  });

  it("a name with one private address among public ones is a trap", async () => {
    const network = { ...publicNetwork, resolve: async () => ["8.8.8.8", "10.0.0.1"] };
    const posted = postJson(new URL("https://hooks.example/"), message, network);
    await expect(posted).rejects.toThrow("hooks.example is no public address");
  });

  it("a name that does not resolve is said", async () => {
    const resolve = () => Promise.reject(new Error("ENOTFOUND"));
    const posted = postJson(new URL("https://hooks.example/"), message, {
      ...publicNetwork,
      resolve,
    });
    await expect(posted).rejects.toThrow("The name hooks.example does not resolve.");
  });
});

describe("a place that the installation allows", () => {
  const network = networkWith(["hooks.local:8080", "[::1]:443"]);
  it.each([
    ["http://hooks.local:8080/x", true],
    ["https://HOOKS.local:8080/", true],
    ["https://[::1]/", true],
    ["http://[::1]/", false],
    ["http://hooks.local/", false],
    ["http://hooks.local.example:8080/", false],
  ])("%s: %s", (url, trusted) => {
    expect(network.trusts?.(new URL(url))).toBe(trusted);
  });
  it("is none where none is named", () => {
    expect(networkWith([])).toBe(publicNetwork);
  });
});
