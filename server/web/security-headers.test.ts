import { describe, expect, it } from "vitest";
import {
  contentSecurityPolicy,
  forwardedHeaders,
  securityHeaders,
} from "#server/web/security-headers.ts";

const facts = { nonce: "bm9uY2U=", https: true, development: false };

function directives(policy: string): Record<string, string> {
  return Object.fromEntries(
    policy.split("; ").map((part) => {
      const [name = "", ...values] = part.split(" ");
      return [name, values.join(" ")];
    }),
  );
}

describe("the content security policy", () => {
  it("allows what the console needs and nothing else", () => {
    expect(directives(contentSecurityPolicy(facts))).toEqual({
      "default-src": "'self'",
      "script-src": "'self' 'nonce-bm9uY2U=' 'strict-dynamic'",
      "style-src": "'self' 'nonce-bm9uY2U='",
      "style-src-attr": "'unsafe-inline'",
      "img-src": "'self' data: blob:",
      "font-src": "'self'",
      "connect-src": "'self'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
      "upgrade-insecure-requests": "",
    });
  });

  it("does not upgrade where there is no https", () => {
    const policy = contentSecurityPolicy({ ...facts, https: false });
    expect(policy).not.toContain("upgrade-insecure-requests");
  });

  it("allows eval in development only", () => {
    expect(contentSecurityPolicy(facts)).not.toContain("unsafe-eval");
    const policy = directives(contentSecurityPolicy({ ...facts, development: true }));
    expect(policy["script-src"]).toContain("'unsafe-eval'");
  });
});

describe("the other headers", () => {
  it("promise https for a year only where there is https", () => {
    expect(securityHeaders(facts)["strict-transport-security"]).toBe(
      "max-age=31536000; includeSubDomains",
    );
    expect(securityHeaders({ ...facts, https: false })).not.toHaveProperty(
      "strict-transport-security",
    );
  });

  it("close what is not used", () => {
    expect(securityHeaders(facts)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
    });
  });
});

it("a client's own policy, nonce, path and request id never reach a page", () => {
  const incoming = new Headers({
    "content-security-policy": "script-src 'nonce-evil'",
    "content-security-policy-report-only": "script-src 'nonce-evil'",
    "x-nonce": "evil",
    "x-quayside-path": "//evil.example",
    "x-request-id": "chosen",
    accept: "text/html",
  });
  const own = { policy: "default-src 'self'", nonce: "n", requestId: "r", path: "/devices" };
  expect(Object.fromEntries(forwardedHeaders(incoming, own))).toEqual({
    accept: "text/html",
    "content-security-policy": "default-src 'self'",
    "x-nonce": "n",
    "x-quayside-path": "/devices",
    "x-request-id": "r",
  });
});
