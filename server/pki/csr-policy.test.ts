import { describe, expect, it } from "vitest";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { decodePem, encodePem } from "#server/pki/pem.ts";
import { longestCsr } from "#server/pki/read-signing-request.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";

const pump = { commonName: "pump-17" };

async function verdictOf(csrPem: string) {
  const verdict = await checkCsr(csrPem, pump);
  return verdict.accepted ? "accepted" : verdict.rule;
}

/** The same request with one byte of its DER changed. */
function tamper(csrPem: string, at: (der: Uint8Array) => number): string {
  const der = decodePem(csrPem, ["CERTIFICATE REQUEST"]) ?? new Uint8Array();
  const index = at(der);
  der[index] = (der[index] ?? 0) ^ 0x01;
  return encodePem("CERTIFICATE REQUEST", der);
}

describe("the key decides whether a request is accepted", () => {
  it.each([
    [{ name: "ECDSA", namedCurve: "P-256" }, "accepted"],
    [{ name: "ECDSA", namedCurve: "P-384" }, "accepted"],
    [{ name: "ECDSA", namedCurve: "P-521" }, "key-type"],
    [{ name: "RSA", bits: 1024 }, "key-size"],
    [{ name: "RSA", bits: 2048 }, "accepted"],
    [{ name: "RSA", bits: 2048, exponent: 3 }, "weak-key"],
    [{ name: "RSA", bits: 3072 }, "accepted"],
    [{ name: "Ed25519" }, "key-type"],
  ] as const)("%j: %s", async (key, expected) => {
    const { csrPem } = await makeRequest({ key });

    expect(await verdictOf(csrPem)).toBe(expected);
  });
});

it.each([
  [2048, 1],
  [3072, 0],
])("an RSA key of %d bits has %d warnings", async (bits, count) => {
  const { csrPem } = await makeRequest({ key: { name: "RSA", bits } });

  const verdict = await checkCsr(csrPem, pump);

  expect(verdict).toMatchObject({ accepted: true, key: { keyAlgorithm: `RSA ${bits}` } });
  expect(verdict.accepted && verdict.key.warnings).toHaveLength(count);
});

describe("the request must be whole and signed by its own key", () => {
  it.each([
    ["last byte of the signature", (der: Uint8Array) => der.length - 1, "proof-of-possession"],
    [
      "a byte of the subject",
      (der: Uint8Array) => Buffer.from(der).indexOf("pump"),
      "proof-of-possession",
    ],
  ] as const)("%s changed", async (_, at, expected) => {
    const { csrPem } = await makeRequest({ commonName: "pump-17" });

    expect(await verdictOf(tamper(csrPem, at))).toBe(expected);
  });

  it("a request signed by another key is refused", async () => {
    const victim = await makeRequest({});
    const thief = await makeRequest({});
    const { csrPem } = await makeRequest({
      keys: { publicKey: victim.keys.publicKey, privateKey: thief.keys.privateKey },
    });

    expect(await verdictOf(csrPem)).toBe("proof-of-possession");
  });

  it("SHA-1 is refused", async () => {
    const { csrPem } = await makeRequest({ hash: "SHA-1" });

    expect(await verdictOf(csrPem)).toBe("signature-hash");
  });
});

describe("text that is no request", () => {
  const block = (body: string, label = "CERTIFICATE REQUEST") =>
    `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
  it.each([
    ["empty", "", "not-a-request"],
    ["words", "hello", "not-a-request"],
    ["an empty block", block(""), "not-a-request"],
    ["not base64", block("!!!!"), "not-a-request"],
    ["not DER", block("AAAA"), "not-a-request"],
    ["a private key", block("AAAA", "PRIVATE KEY"), "not-a-request"],
    ["deeply nested DER", block(Buffer.alloc(9000, 0x30).toString("base64")), "not-a-request"],
    ["longer than the cap", block("A".repeat(longestCsr)), "too-large"],
  ])("%s: refused before anything is signed", async (_, text, expected) => {
    expect(await verdictOf(text)).toBe(expected);
  });

  it("two requests in one text are not one", async () => {
    const one = await makeRequest({});
    const two = await makeRequest({});

    expect(await verdictOf(one.csrPem + two.csrPem)).toBe("not-a-request");
  });
});

describe("a common name that names somebody else is refused", () => {
  it.each([
    [undefined, "accepted"],
    ["pump-17", "accepted"],
    ["pump-18", "common-name"],
    ["pump-17\0", "common-name"],
    ["", "common-name"],
  ])("common name %j: %s", async (commonName, expected) => {
    const { csrPem } = await makeRequest(commonName === undefined ? {} : { commonName });

    expect(await verdictOf(csrPem)).toBe(expected);
  });
});

it("the same key has one fingerprint, however its point is encoded", async () => {
  const { csrPem } = await makeRequest({});

  const verdict = await checkCsr(csrPem.replaceAll("\n", "\r\n"), pump);
  const again = await checkCsr(csrPem, pump);

  expect(verdict.accepted && verdict.key.spkiSha256).toBe(again.accepted && again.key.spkiSha256);
});
