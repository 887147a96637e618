import { describe, expect, it } from "vitest";
import { judgeOrigin } from "#server/web/same-origin.ts";

const publicUrl = "https://console.example.com";
const none = { origin: null, secFetchSite: null, host: "console.example.com" };

describe("a changing request with a cookie", () => {
  it.each([
    { name: "of our own page", origin: publicUrl, secFetchSite: "same-origin", allowed: true },
    { name: "of an older browser's own page", origin: publicUrl, allowed: true },
    { name: "with Sec-Fetch-Site alone", secFetchSite: "same-origin", allowed: true },
    { name: "with neither header", allowed: false },
    { name: "typed by a person, without origin", secFetchSite: "none", allowed: false },
    { name: "of another site", origin: "https://evil.example", secFetchSite: "cross-site" },
    { name: "of another site that hides its fetch site", origin: "https://evil.example" },
    { name: "of a sibling host", origin: "https://a.example.com", secFetchSite: "same-site" },
    { name: "of a sibling that claims our origin", origin: publicUrl, secFetchSite: "same-site" },
    { name: "of a sandboxed frame", origin: "null", secFetchSite: "cross-site" },
    { name: "of a sandboxed frame in an older browser", origin: "null" },
    { name: "of our host without TLS", origin: "http://console.example.com" },
    { name: "of our host on another port", origin: "https://console.example.com:8443" },
    { name: "of a name that begins like ours", origin: "https://console.example.com.evil.example" },
    {
      name: "of a name that was rebound to this machine",
      origin: "https://evil.example",
      secFetchSite: "same-origin",
      host: "evil.example",
    },
    { name: "with a host that is no host", origin: "https://a b", host: "a b" },
  ])("$name: allowed $allowed", ({ allowed = false, ...facts }) => {
    expect(judgeOrigin({ ...none, ...facts }, publicUrl).allowed).toBe(allowed);
  });

  it("may use either name of this machine", () => {
    const at = { ...none, host: "127.0.0.1:3000", secFetchSite: "same-origin" };
    const local = "http://localhost:3000";
    expect(judgeOrigin({ ...at, origin: "http://127.0.0.1:3000" }, local).allowed).toBe(true);
    expect(judgeOrigin({ ...at, origin: "http://127.0.0.1:4000" }, local).allowed).toBe(false);
  });
});
