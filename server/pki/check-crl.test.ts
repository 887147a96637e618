import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes, verify, X509Certificate } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorityKeyExtension, encodeId } from "#server/pki/build-certificate.ts";
import { checkCrl, namesOfAuthority } from "#server/pki/check-crl.ts";
import {
  derTag,
  ecdsaWithSha256,
  ecdsaWithSha384,
  encodeDer,
  encodeTime,
} from "#server/pki/der.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let ca: TestSigner;
let certificate: X509Certificate;
let issuerSha256 = "";
beforeAll(async () => {
  ca = await createTestSigner();
  certificate = ca.authority.issuing.certificate;
  issuerSha256 = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
});
afterAll(() => ca.remove());

const at = encodeTime(new Date("2026-11-23T12:00:00Z"));

type Change = {
  readonly algorithm?: Buffer;
  readonly issuer?: Uint8Array;
  readonly keyIdentifier?: Uint8Array;
  readonly entries?: number;
  readonly number?: Buffer;
  readonly entry?: Buffer;
};

/** A TBSCertList, RFC 5280 §5.1. */
function list(change: Change = {}): Buffer {
  const names = namesOfAuthority(certificate);
  const number = change.number ?? Buffer.from([7]);
  const value = encodeDer(derTag.octetString, encodeDer(derTag.integer, number));
  const numbered = encodeDer(derTag.sequence, encodeId("551d14"), value);
  const entries = Array.from({ length: change.entries ?? 0 }, (_, index) => {
    const serial = Buffer.alloc(16, 0x41);
    serial.writeUInt32BE(index, 4);
    return encodeDer(derTag.sequence, encodeDer(derTag.integer, serial), at);
  });
  if (change.entry !== undefined) entries.push(change.entry);
  const key = change.keyIdentifier ?? names.keyIdentifier ?? new Uint8Array();
  const extensions = encodeDer(derTag.sequence, authorityKeyExtension(key), numbered);
  return encodeDer(
    derTag.sequence,
    encodeDer(derTag.integer, Buffer.from([1])),
    change.algorithm ?? ecdsaWithSha256,
    change.issuer ?? names.subject,
    at,
    encodeTime(new Date("2026-11-30T12:00:00Z")),
    ...(entries.length === 0 ? [] : [encodeDer(derTag.sequence, ...entries)]),
    encodeDer(0xa0, extensions),
  );
}

describe("a list of revoked certificates", () => {
  it.each([
    ["an empty one", {}, { number: "7", entries: 0 }],
    ["one with three", { entries: 3 }, { number: "7", entries: 3 }],
    ["a long number", { number: Buffer.from("0102030405060708090a", "hex") }, { entries: 0 }],
  ])("%s is signed", async (_, change, expected) => {
    expect(checkCrl(list(change), certificate)).toMatchObject({ accepted: true, ...expected });
    const tbs = list(change);
    const signature = await ca.signer.signCrl({ issuerSha256, tbs });
    expect(verify("sha256", tbs, certificate.publicKey, signature)).toBe(true);
  });

  it("of 100 000 is read within the time of a request", () => {
    expect(checkCrl(list({ entries: 100_000 }), certificate)).toMatchObject({ entries: 100_000 });
  });

  it.each([
    ["another issuer", { issuer: encodeDer(derTag.sequence) }, /another issuer/],
    ["another algorithm", { algorithm: ecdsaWithSha384 }, /ecdsa-with-SHA256/],
    ["another CA's key", { keyIdentifier: randomBytes(20) }, /key of another CA/],
    ["an entry that is none", { entry: encodeDer(derTag.sequence, at) }, /entry of the list/],
  ])("with %s is refused", (_, change, expected) => {
    const verdict = checkCrl(list(change), certificate);

    expect(verdict).toMatchObject({
      accepted: false,
      message: expect.stringMatching(expected) as string,
    });
  });

  it("is refused when it is a certificate to be signed, cut off, or followed by more", () => {
    const whole = list({ entries: 2 });
    const inner = certificate.raw.subarray(4);
    const others = [
      inner,
      certificate.raw,
      Buffer.alloc(0),
      whole.subarray(0, -1),
      Buffer.concat([whole, Buffer.from([0])]),
    ];
    expect(others.map((each) => checkCrl(each, certificate).accepted)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("never throws at bytes that were changed", () => {
    const whole = list({ entries: 2 });
    for (let position = 0; position < whole.length; position += 1) {
      const changed = Buffer.from(whole);
      changed[position] = (changed[position] ?? 0) ^ 0xff;
      expect(() => checkCrl(changed, certificate)).not.toThrow();
    }
  });
});

describe("an OCSP responder's certificate", () => {
  const request = async () => {
    const { csrPem } = await makeKeyAndRequest();
    return { kind: "ocsp", csrPem, issuerSha256, days: 30 } as const;
  };

  it("may sign OCSP answers only, and is not to be asked about", async () => {
    const signed = await ca.signer.sign(await request());

    const leaf = new X509Certificate(signed.certificatePem);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.9"]);
    expect(leaf.checkIssued(certificate)).toBe(true);
    expect(leaf.validToDate.getTime() - Date.now()).toBeLessThanOrEqual(30 * 86_400_000);
    if (spawnSync("openssl", ["version"]).status !== 0) return;
    const file = path.join(mkdtempSync(path.join(tmpdir(), "quayside-ocsp-")), "leaf.pem");
    writeFileSync(file, signed.certificatePem);
    const text = execFileSync("openssl", ["x509", "-in", file, "-noout", "-text"], {
      encoding: "utf8",
    });
    expect(text).toMatch(/OCSP No Check/);
    expect(text).not.toMatch(/CRL Distribution|CA:TRUE/);
  });

  it.each([
    ["31 days", { days: 31 }, /30 days/],
    ["an unknown CA", { issuerSha256: "0".repeat(64) }, /no issuing CA/],
  ])("is not made for %s", async (_, change, expected) => {
    await expect(ca.signer.sign({ ...(await request()), ...change })).rejects.toThrow(expected);
  });
});
