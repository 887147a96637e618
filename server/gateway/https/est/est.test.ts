import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decodePem } from "#server/pki/pem.ts";
import type { EnrolmentAnswer, FoundCredential } from "#server/services/enrolment/answer.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { makeCustomerAuthority } from "#server/testing/customer-authority.ts";
import { enrolledAs, testGroup } from "#server/testing/enrolment-desk.ts";
import {
  startTestHttps,
  suspended,
  type Sent,
  type TestHttps,
} from "#server/testing/test-https.ts";

let at: TestHttps;
const secret = "correct horse battery staple";
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function credential(): FoundCredential {
  return {
    id: randomUUID(),
    group: testGroup(at.tenantId, { kind: "est", publicId: "en-hallthreea" }),
    maxUses: 1,
    uses: 0,
    expiresAt: new Date(Date.now() + 3_600_000),
    revokedAt: null,
    expectedSerials: [],
  };
}

/** Enrols whoever asks, with a certificate of the test's CA. */
const enrolAll: TestHttps["answering"]["enrol"] = async (evidence) => {
  const answer = enrolledAs(evidence);
  if (answer.state !== "enrolled" || answer.certificate === null) return answer;
  if (evidence.ask.kind !== "csr") return answer;
  const certificatePem = await at.sign(answer.device, evidence.ask.csrPem);
  return { ...answer, certificate: { ...answer.certificate, certificatePem } };
};

const base64Of = (pem: string) =>
  Buffer.from(decodePem(pem, ["CERTIFICATE REQUEST"])!).toString("base64");

async function csr(commonName?: string, more: Parameters<typeof makeRequest>[0] = {}) {
  const { csrPem } = await makeRequest(commonName === undefined ? more : { commonName, ...more });
  return csrPem;
}

const pkcs10 = { "content-type": "application/pkcs10" };
const post = (
  operation: string,
  body: string | Buffer,
  more: Partial<Sent> = {},
): Promise<Awaited<ReturnType<TestHttps["send"]>>> =>
  at.send({
    method: "POST",
    path: `/.well-known/est/${operation}`,
    body,
    ...more,
    headers: { ...pkcs10, ...more.headers },
  });

/** What OpenSSL reads out of a certs-only PKCS #7 in base64. */
function readByOpenssl(base64: string): string {
  const der = Buffer.from(base64, "base64");
  return execFileSync("openssl", ["pkcs7", "-inform", "DER", "-print_certs", "-noout"], {
    input: der,
    encoding: "utf8",
  });
}

beforeAll(async () => {
  at = await startTestHttps();
});
beforeEach(() => {
  at.answering.enrol = enrolAll;
  at.asked.splice(0);
  at.refused.splice(0);
  at.authorities.splice(0);
  at.addSecret(secret, credential());
});
afterAll(() => at.stop());

describe("what anybody may read", () => {
  test.each(["cacerts", "en-hallthreea/cacerts"])(
    "%s: issuing CA and root, read by OpenSSL",
    async (path) => {
      const { status, headers, body } = await at.send({ path: `/.well-known/est/${path}` });
      expect([status, headers["content-type"]]).toEqual([200, "application/pkcs7-mime"]);
      expect(headers["content-transfer-encoding"]).toBe("base64");
      expect(readByOpenssl(body).match(/Quayside (Root|Device) CA/g)).toContain("Quayside Root CA");
      expect(readByOpenssl(body)).toContain("Quayside Device CA");
    },
  );

  test("csrattrs: P-256 and ECDSA with SHA-256", async () => {
    const { headers, body } = await at.send({ path: "/.well-known/est/csrattrs" });
    expect(headers["content-type"]).toBe("application/csrattrs");
    const der = Buffer.from(body, "base64");
    const parsed = execFileSync("openssl", ["asn1parse", "-inform", "DER"], { input: der });
    for (const name of ["id-ecPublicKey", "prime256v1", "ecdsa-with-SHA256"]) {
      expect(parsed.toString()).toContain(name);
    }
  });

  test.each([
    ["POST", "cacerts", "GET, HEAD"],
    ["GET", "simpleenroll", "POST"],
    ["DELETE", "simplereenroll", "POST"],
  ])("%s %s: not that way", async (method, operation, allow) => {
    const { status, headers } = await at.send({ method, path: `/.well-known/est/${operation}` });
    expect([status, headers["allow"]]).toEqual([405, allow]);
  });

  test.each([
    "/",
    "/.well-known/est",
    "/.well-known/est/serverkeygen",
    "/.well-known/est/a/b/cacerts",
    "/.well-known/est/%2e%2e/cacerts",
  ])("%s: nothing there", async (path) => {
    const { status, headers, body } = await at.send({ path });
    expect([status, headers["content-type"]]).toEqual([404, "application/problem+json"]);
    expect(JSON.parse(body)).toMatchObject({ status: 404, title: "Not Found" });
  });
});

describe("simpleenroll with a one-time secret", () => {
  const authorization = basic("anything", secret);

  test.each([
    ["base64 in one line", (pem: string) => base64Of(pem)],
    ["base64 with line breaks", (pem: string) => base64Of(pem).replace(/(.{64})/g, "$1\r\n")],
    ["PEM", (pem: string) => pem],
  ])("takes %s and issues a certificate", async (_, encode) => {
    const { status, headers, body } = await post(
      "en-hallthreea/simpleenroll",
      encode(await csr("pump-1")),
      {
        headers: { authorization },
      },
    );
    expect([status, headers["content-type"]]).toEqual([
      200,
      "application/pkcs7-mime; smime-type=certs-only",
    ]);
    expect(readByOpenssl(body).match(/^subject=/gm)).toHaveLength(1);
    expect(readByOpenssl(body)).toContain("CN = pump-1");
    expect(at.asked[0]).toMatchObject({
      registrationId: "pump-1",
      transport: "https",
      remote: "127.0.0.1",
      credential: { maxUses: 1 },
    });
  });

  test("takes the user name as the device's id when the request names nobody", async () => {
    const headers = { authorization: basic("pump-9", secret) };
    await post("simpleenroll", base64Of(await csr()), { headers });
    expect(at.asked[0]?.registrationId).toBe("pump-9");
  });

  test("says what is missing when nobody names the device", async () => {
    const headers = { authorization: basic("", secret) };
    const { status, body } = await post("simpleenroll", base64Of(await csr()), { headers });
    expect(status).toBe(400);
    expect(body).toContain("names no device");
  });

  test("202 with Retry-After while approval is pending", async () => {
    at.answering.enrol = async () => ({
      state: "pending",
      requestId: randomUUID(),
      retryAfterSeconds: 30,
    });
    const { status, headers, body } = await post("simpleenroll", base64Of(await csr("pump-1")), {
      headers: { authorization },
    });
    expect([status, headers["retry-after"]]).toEqual([202, "30"]);
    expect(body).toContain("“pump-1” asked to be enrolled and waits for approval.");
  });

  test.each<[Extract<EnrolmentAnswer, { state: "refused" }>["reason"], number]>([
    ["credential-used-up", 401],
    ["csr-refused", 400],
    ["denied", 403],
    ["id-taken", 403],
    ["signer-unavailable", 503],
  ])("%s is told with %i, in words", async (reason, expected) => {
    at.answering.enrol = async () => ({
      state: "refused",
      reason,
      detail: "It is so.",
      remedy: "Do that.",
    });
    const { status, headers, body } = await post("simpleenroll", base64Of(await csr("pump-1")), {
      headers: { authorization },
    });
    expect([status, body]).toEqual([expected, "It is so. Do that.\n"]);
    expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(headers["www-authenticate"] !== undefined).toBe(expected === 401);
    expect(at.refused[0]?.peer).toMatchObject({
      claimedId: "pump-1",
      tenantId: at.tenantId,
      transport: "https",
    });
  });

  test("a label of another group is not taken", async () => {
    const { status, body } = await post(
      "en-hallfoura2/simpleenroll",
      base64Of(await csr("pump-1")),
      {
        headers: { authorization },
      },
    );
    expect(status).toBe(403);
    expect(body).toContain("/.well-known/est/en-hallthreea/simpleenroll");
    expect(at.asked).toEqual([]);
  });

  test.each([
    ["none", undefined, "neither a certificate nor an enrolment secret"],
    ["an unknown one", basic("pump-1", "wrong"), "is not known here"],
    ["a bearer token", "Bearer abc", "not HTTP Basic"],
    ["no colon", `Basic ${Buffer.from("pump").toString("base64")}`, "not HTTP Basic"],
  ])("401 with %s", async (_, authorization, words) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await post("simpleenroll", base64Of(await csr("pump-1")), { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain('Basic realm="Quayside enrolment"');
    expect(answer.body).toContain(words);
    expect(answer.body).not.toContain("wrong");
  });
});

test("a secret in the place of the user name is neither shown nor recorded", async () => {
  const authorization = basic("qse_abcdefghijklmnopqrstuvwxyz", "");
  const { status, body } = await post("simpleenroll", "", { headers: { authorization } });
  expect([status, body]).toEqual([401, expect.not.stringContaining("qse_")]);
  expect(
    JSON.stringify(at.refused, (_, value: unknown) => (typeof value === "bigint" ? 0 : value)),
  ).not.toContain("qse_");
});

describe("with a certificate", () => {
  test("a device has it renewed, by either operation", async () => {
    const { tls } = await at.addDevice("pump-20");
    for (const operation of ["simplereenroll", "simpleenroll"]) {
      const answer = await post(operation, base64Of(await csr("pump-20")), { tls });
      expect(answer.status).toBe(200);
      expect(readByOpenssl(answer.body)).toContain("CN = pump-20");
    }
    expect(at.asked).toEqual([]);
  });

  test("a device that may have none is told why", async () => {
    const { tls } = await at.addDevice("pump-21");
    const { renew } = at.renewing;
    at.renewing.renew = () => Promise.reject(suspended("pump-21"));
    const { status, body } = await post("simplereenroll", base64Of(await csr("pump-21")), { tls });
    at.renewing.renew = renew;
    expect(status).toBe(403);
    expect(body).toBe(
      "The device “pump-21” is suspended. Resume it before it gets a certificate.\n",
    );
    expect(at.refused[0]?.peer).toMatchObject({ claimedId: "pump-21", deviceKey: 1n });
  });

  test("one that has run out is shown to the policy, unless something else is against it", async () => {
    const { tls, record } = await at.addDevice("pump-25");
    const ended = { ...record, notAfter: new Date(Date.now() - 1_000) };
    const request = base64Of(await csr("pump-25"));
    at.certificates.set(record.sha256, ended);
    const ways: string[] = [];
    const { renew, renewExpired } = at.renewing;
    at.renewing.renewExpired = (...parameters) => {
      ways.push("expired");
      return renewExpired(...parameters);
    };
    at.renewing.renew = () => Promise.reject(new Error("It has run out."));
    expect((await post("simplereenroll", request, { tls })).status).toBe(200);
    at.certificates.set(record.sha256, { ...ended, state: "retired" });
    const retired = await post("simplereenroll", request, { tls });
    expect([retired.status, retired.body]).toEqual([403, expect.stringContaining("is retired")]);
    const device = { ...record.device, id: randomUUID() };
    at.certificates.set(record.sha256, { ...ended, device });
    expect((await post("simplereenroll", request, { tls })).status).toBe(403);
    expect(ways).toEqual(["expired"]);
    Object.assign(at.renewing, { renew, renewExpired });
  });

  test("a ticket counts as password with the device's id, with or without the certificate", async () => {
    const { tls, record } = await at.addDevice("pump-26");
    const other = await at.addDevice("pump-27");
    for (const { record: each } of [{ record }, other]) {
      at.certificates.set(each.sha256, { ...each, notAfter: new Date(Date.now() - 1_000) });
    }
    const code = "qst_AAAAAAAAAAAAAAAAAAAAAA";
    const { tenantId, deviceKey, id, deviceId } = record.device;
    const hash = createHash("sha256").update(code).digest("hex");
    at.tickets.set(hash, { tenantId, deviceKey, id, deviceId });
    const request = base64Of(await csr("pump-26"));
    const send = (user: string, password: string, shown?: typeof tls) =>
      post("simplereenroll", request, {
        headers: { authorization: basic(user, password) },
        ...(shown === undefined ? {} : { tls: shown }),
      });
    expect((await send("pump-26", code)).status).toBe(200);
    expect((await send("pump-26", code, tls)).status).toBe(200);
    for (const refused of [
      await send("pump-27", code),
      await send("pump-26", `${code}x`),
      await send("pump-26", code, other.tls),
      await send(code, code),
    ]) {
      expect(refused.status).toBe(401);
      expect(refused.body).not.toContain("qst_");
    }
    const told = JSON.stringify(at.refused, (_, value: unknown) => String(value).slice(0, 400));
    expect(told).not.toContain("qst_");
  });

  test("a revoked certificate is refused, and a secret beside it counts", async () => {
    const { tls, record } = await at.addDevice("pump-22");
    at.certificates.set(record.sha256, { ...record, state: "revoked" });
    const request = base64Of(await csr("pump-22"));
    const refused = await post("simplereenroll", request, { tls });
    expect([refused.status, refused.body]).toEqual([
      403,
      expect.stringContaining("The certificate of pump-22 was revoked"),
    ]);
    const headers = { authorization: basic("x", secret) };
    expect((await post("simpleenroll", request, { tls, headers })).status).toBe(200);
  });

  test("a claim certificate enrols the device that the request names", async () => {
    const claim = credential();
    const tls = await at.addClaim(claim);
    const answer = await post("en-hallthreea/simpleenroll", base64Of(await csr("pump-23")), {
      tls,
    });
    expect(answer.status).toBe(200);
    expect(at.asked[0]).toMatchObject({ registrationId: "pump-23", credential: { id: claim.id } });
  });

  test("a claim certificate whose time is over is refused in words", async () => {
    const tls = await at.addClaim({ ...credential(), expiresAt: new Date(0) });
    const { status, body } = await post("simpleenroll", base64Of(await csr("pump-24")), { tls });
    expect([status, body]).toEqual([403, expect.stringContaining("expired at 1970")]);
  });

  test("only a device re-enrols", async () => {
    const headers = { authorization: basic("x", secret) };
    const answer = await post("simplereenroll", base64Of(await csr("pump-1")), { headers });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining("simpleenroll")]);
  });

  test("of a customer's CA enrols whom the certificate names", async () => {
    const works = await makeCustomerAuthority("Works CA");
    const group = testGroup(at.tenantId, { kind: "customer_ca", publicId: "works" });
    at.authorities.push({ id: randomUUID(), group, pem: works.pem, sha256: "ab", state: "active" });
    const tls = await works.issue({ commonName: "pump-30", serialNumber: "SN-30" });
    const answer = await post("works/simpleenroll", base64Of(await csr()), { tls });
    expect(answer.status).toBe(200);
    expect(at.asked[0]).toMatchObject({ registrationId: "pump-30", serial: "SN-30" });
  });

  test("of an unknown CA is refused in words", async () => {
    const tls = await (await makeCustomerAuthority("Nobody")).issue({ commonName: "pump-32" });
    const { status, body } = await post("simpleenroll", base64Of(await csr("pump-32")), { tls });
    expect([status, body]).toEqual([403, expect.stringContaining("Unknown CA")]);
  });
});

describe("a body that is no request", () => {
  const headers = { authorization: basic("x", secret) };

  test.each<[string, () => Promise<string | Buffer> | string | Buffer, number, string]>([
    ["nothing", () => "", 400, "The body is empty."],
    ["words", () => "{ }", 400, "not base64"],
    ["base64 of words", () => Buffer.from("hello").toString("base64"), 400, "not of a certificate"],
    [
      "binary DER",
      async () => Buffer.from(base64Of(await csr("pump-1")), "base64"),
      400,
      "The body is binary DER.",
    ],
    ["more than 10 000 bytes", () => "A".repeat(10_001), 413, "longer than 10000 bytes"],
  ])("%s", async (_, body, expected, words) => {
    const answer = await post("simpleenroll", await body(), { headers });
    expect(answer.status).toBe(expected);
    expect(answer.body).toContain(words);
    expect(at.asked).toEqual([]);
  });

  test("the content type of a form", async () => {
    const answer = await post("simpleenroll", base64Of(await csr("pump-1")), {
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    });
    expect([answer.status, answer.body]).toEqual([
      415,
      expect.stringContaining("application/pkcs10"),
    ]);
  });

  test("an outage says so and when to come back", async () => {
    at.answering.enrol = () => Promise.reject(new Error("away"));
    const answer = await post("simpleenroll", base64Of(await csr("pump-1")), { headers });
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
  });
});
