import { describe, expect, it } from "vitest";
import { clientAddress, forwardedFor } from "#server/web/client-address.ts";

describe("the client of a request is", () => {
  it.each([
    ["the peer of the socket", "203.0.113.7", undefined, [], "203.0.113.7"],
    ["not what the peer says of itself", "203.0.113.7", "198.51.100.1", [], "203.0.113.7"],
    ["what a proxy on this machine saw", "127.0.0.1", "203.0.113.7", [], "203.0.113.7"],
    ["the last hop before it", "::1", "198.51.100.1, 203.0.113.7", [], "203.0.113.7"],
    ["what a trusted proxy saw", "10.0.0.5", "203.0.113.7", ["10.0.0.0/8"], "203.0.113.7"],
    [
      "beyond two trusted proxies",
      "10.0.0.5",
      "203.0.113.7, 10.0.0.9",
      ["10.0.0.0/8"],
      "203.0.113.7",
    ],
    ["not beyond an untrusted one", "10.0.0.5", "203.0.113.7", [], "10.0.0.5"],
    ["this machine itself", "127.0.0.1", undefined, [], "127.0.0.1"],
    ["an IPv4 peer of an IPv6 socket", "::ffff:203.0.113.7", undefined, [], "203.0.113.7"],
    ["no nonsense", "203.0.113.7", "<script>, ,x", [], "203.0.113.7"],
  ])("%s", (_, remoteAddress, header, trusted, expected) => {
    expect(forwardedFor({ remoteAddress, header, trusted })).toBe(expected);
  });

  it("read back from the header that the server wrote", () => {
    expect(clientAddress("203.0.113.7")).toBe("203.0.113.7");
    expect(clientAddress("1.1.1.1, 203.0.113.7")).toBe("203.0.113.7");
    expect(clientAddress(null)).toBeUndefined();
    expect(clientAddress("x")).toBeUndefined();
  });
});
