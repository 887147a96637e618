import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { didIssue, issuedRefusal } from "#server/gateway/identify/judge-issued.ts";
import { makeCustomerAuthority, type CustomerLeaf } from "#server/testing/customer-authority.ts";

const serverAuth = "1.3.6.1.5.5.7.3.1";
const clientAuth = "1.3.6.1.5.5.7.3.2";
const now = new Date();
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

async function refusal(
  leaf: Partial<CustomerLeaf>,
  authority: Parameters<typeof makeCustomerAuthority>[1] = {},
) {
  const ca = await makeCustomerAuthority("Works CA", authority);
  const { cert } = await ca.issue({ commonName: "pump-1", ...leaf });
  return issuedRefusal(new X509Certificate(cert), new X509Certificate(ca.pem), now);
}

describe("a certificate of a customer's CA", () => {
  test.each<[string, Partial<CustomerLeaf>]>([
    ["without extended key usage", {}],
    ["for clients", { usages: [clientAuth] }],
    ["for clients and servers", { usages: [serverAuth, clientAuth] }],
    ["for anything", { usages: ["2.5.29.37.0"] }],
    ["with an RSA key of 2048 bits", { rsaBits: 2048 }],
  ])("%s may be enrolled", async (_, leaf) => {
    expect(await refusal(leaf)).toBeUndefined();
  });

  test.each<[string, Partial<CustomerLeaf>, string, string]>([
    [
      "of a clock in 1970",
      { notBefore: new Date(0), notAfter: new Date(86_400_000) },
      "expired",
      "a clock that begins in 1970 is common",
    ],
    ["of tomorrow", { notBefore: days(1) }, "not-yet-valid", "is valid from"],
    ["that is a CA", { ca: true }, "enrolment-refused", "CA:TRUE"],
    ["for servers only", { usages: [serverAuth] }, "enrolment-refused", "clientAuth"],
    ["with a short RSA key", { rsaBits: 1024 }, "enrolment-refused", "RSA key of 1024 bits"],
    ["signed with SHA-1", { hash: "SHA-1" }, "enrolment-refused", "a hash that can be forged"],
  ])("%s is refused in words", async (_, leaf, cause, words) => {
    const found = await refusal(leaf);
    expect(found?.cause).toBe(cause);
    expect(`${found?.detail} ${found?.remedy}`).toContain(words);
  });

  test("of a CA that has ended, or that is none, is refused", async () => {
    const ended = await refusal({}, { notAfter: days(-1) });
    expect(ended).toMatchObject({ cause: "ca-not-active" });
    expect(await refusal({}, { ca: false })).toMatchObject({ cause: "ca-not-active" });
  });

  test("counts when the CA has no key usages, as OpenSSL makes one unless told", async () => {
    expect(await refusal({}, { usage: null })).toBeUndefined();
  });

  test("is told from one of another CA of the same name by its signature", async () => {
    const works = await makeCustomerAuthority("Works CA");
    const impostor = await makeCustomerAuthority("Works CA");
    const { cert } = await impostor.issue({ commonName: "pump-1" });
    const leaf = new X509Certificate(cert);
    expect(didIssue(new X509Certificate(works.pem), leaf)).toBe(false);
    expect(didIssue(new X509Certificate(impostor.pem), leaf)).toBe(true);
  });
});
