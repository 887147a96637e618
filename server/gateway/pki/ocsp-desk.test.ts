import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import path from "node:path";
import { BasicOCSPResponse, OCSPResponse } from "pkijs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CertificateStatus } from "#server/db/find-certificate-statuses.ts";
import type { PkiAuthority } from "#server/db/find-pki-authorities.ts";
import { createOcspDesk, type OcspDesk } from "#server/gateway/pki/ocsp-desk.ts";
import { certificateFields } from "#server/pki/certificate-fields.ts";
import {
  derContext,
  derExtension,
  derOid,
  derSequence,
  derTag,
  encodeDer,
} from "#server/pki/der.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { ensureOcspResponder } from "#server/pki/ocsp-responder.ts";
import { readOcspRequest } from "#server/pki/ocsp-request.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const hourMs = 3_600_000;
const start = Date.parse("2026-11-20T12:00:00Z");
const at = { ms: start };
const now = () => new Date(at.ms);
const revokedAt = new Date(start - hourMs);

let ca: TestSigner;
let other: TestSigner;
let authorities: readonly PkiAuthority[];
let known: Map<string, CertificateStatus>;
let lookUps: number;
let isAway: boolean;
let desk: OcspDesk;

const authorityOf = ({ authority: { issuingPem: pem } }: TestSigner): PkiAuthority => {
  const { sha256, subject, notAfter } = describeCertificate(pem);
  return { sha256, subject, pem, notAfter, kind: "issuing", state: "active" };
};

beforeAll(async () => {
  ca = await createTestSigner(now);
  other = await createTestSigner(now);
  authorities = [authorityOf(ca), authorityOf(other)];
});
afterAll(() => {
  ca.remove();
  other.remove();
});
beforeEach(() => {
  at.ms = start;
  lookUps = 0;
  isAway = false;
  const revoked = {
    serial: "0b",
    status: "revoked",
    at: revokedAt,
    reason: "key_compromise",
  } as const;
  known = new Map<string, CertificateStatus>([
    ["0a", { serial: "0a", status: "good", at: null, reason: "unspecified" }],
    ["0b", revoked],
  ]);
  desk = createOcspDesk({
    authorities: async () => authorities,
    statuses: async ({ serials }) => {
      lookUps += 1;
      if (isAway) throw new Error("The database is away.");
      return serials.flatMap((serial) => known.get(serial) ?? []);
    },
    responder: ({ sha256, pem }) => responderOf(ca, sha256, pem),
    now,
    failed: () => undefined,
  });
});

const responderOf = ({ dataDir, signer }: TestSigner, issuerSha256: string, issuerPem: string) =>
  ensureOcspResponder({ dataDir, signer, issuerSha256, issuerPem, now: now() });

const hash = derSequence(derOid("1.3.14.3.2.26"), Buffer.of(5, 0));
function single(serial: string, of: TestSigner = ca, algorithm = hash): Buffer {
  const { subject, publicKey } = certificateFields(of.authority.issuingPem);
  const digest = (bytes: Buffer) =>
    encodeDer(derTag.octetString, createHash("sha1").update(bytes).digest());
  const number = encodeDer(derTag.integer, Buffer.from(serial, "hex"));
  return derSequence(derSequence(algorithm, digest(subject), digest(publicKey), number));
}

type Extras = { readonly nonce?: Buffer; readonly oid?: string; readonly isCritical?: boolean };

function request(singles: readonly Buffer[], extras: Extras = {}): Buffer {
  const { nonce, oid = "1.3.6.1.5.5.7.48.1.2", isCritical = false } = extras;
  const extensions =
    nonce === undefined
      ? []
      : [
          derContext(
            2,
            derSequence(derExtension(oid, encodeDer(derTag.octetString, nonce), isCritical)),
          ),
        ];
  return derSequence(derSequence(derSequence(...singles), ...extensions));
}

function read(body: Buffer) {
  const { responseBytes } = OCSPResponse.fromBER(new Uint8Array(body));
  if (responseBytes === undefined) throw new Error("There is no answer.");
  return BasicOCSPResponse.fromBER(responseBytes.response.getValue()).tbsResponseData;
}

describe("an answer", () => {
  it("says of each certificate what is known, when, why and for how long", async () => {
    const { body, statuses } = await desk.answer(
      request(["0a", "0b", "0c"].map((serial) => single(serial))),
    );
    expect(statuses).toEqual(["good", "revoked", "unknown"]);
    const { responses, producedAt } = read(body);
    expect(producedAt).toEqual(now());
    const status = Buffer.from(responses[1]?.certStatus.toBER() as ArrayBuffer).toString("latin1");
    expect(status).toContain("20261120110000Z");
    expect(status.endsWith("\u00a0\u0003\n\u0001\u0001")).toBe(true);
    // Clocks that are two hours wrong find it valid.
    expect(responses[0]?.thisUpdate).toEqual(new Date(start - 3 * hourMs));
    expect(responses[0]?.nextUpdate).toEqual(new Date(start + 4 * hourMs));
  });

  it("repeats a nonce, and is never prepared then", async () => {
    const nonce = randomBytes(32);
    const asked = request([single("0a")], { nonce });
    const { body, keep } = await desk.answer(asked);
    expect(body.includes(nonce)).toBe(true);
    expect(keep).toBeUndefined();
    await desk.answer(asked);
    expect(lookUps).toBe(2);
  });

  it("is of one CA, even when certificates of two are asked about", async () => {
    const { statuses } = await desk.answer(request([single("0a"), single("0a", other)]));
    expect(statuses).toEqual(["good", "unknown"]);
  });
});

describe("prepared answers", () => {
  const asked = () => desk.answer(request([single("0a")]));

  it("are given for an hour, also while the database is away, and thrown away at a revocation", async () => {
    const first = await asked();
    isAway = true;
    at.ms += hourMs - 1;
    expect((await asked()).body).toEqual(first.body);
    expect(lookUps).toBe(1);
    at.ms += 1;
    expect((await asked()).statuses).toEqual(["tryLater"]);
    isAway = false;
    await asked();
    known.set("0a", { serial: "0a", status: "revoked", at: now(), reason: "certificate_hold" });
    desk.forget();
    expect((await asked()).statuses).toEqual(["revoked"]);
  });

  it("are not kept when something was revoked while they were made, nor of the unknown", async () => {
    const inTime = asked();
    desk.forget();
    await inTime;
    await asked();
    expect(lookUps).toBe(2);
    await desk.answer(request([single("0c")]));
    await desk.answer(request([single("0c")]));
    expect(lookUps).toBe(4);
  });
});

describe("what is no request", () => {
  const nonceOf = (length: number) => request([single("0a")], { nonce: Buffer.alloc(length, 1) });

  it.each([
    ["nothing", () => Buffer.alloc(0), "malformedRequest"],
    ["text", () => Buffer.from("GET / HTTP/1.1"), "malformedRequest"],
    ["an empty list", () => request([]), "malformedRequest"],
    [
      "33 certificates",
      () => request(Array.from({ length: 33 }, () => single("0a"))),
      "malformedRequest",
    ],
    ["a nonce of 0 octets", () => nonceOf(0), "malformedRequest"],
    ["a nonce of 1 octet", () => nonceOf(1), "good"],
    ["a nonce of 128 octets", () => nonceOf(128), "good"],
    ["a nonce of 129 octets", () => nonceOf(129), "malformedRequest"],
    [
      "bytes after it",
      () => Buffer.concat([request([single("0a")]), Buffer.of(0)]),
      "malformedRequest",
    ],
    [
      "a critical extension that is not known",
      () => request([single("0a")], { nonce: Buffer.of(1), oid: "1.2.3", isCritical: true }),
      "malformedRequest",
    ],
    [
      "one that is not critical",
      () => request([single("0a")], { nonce: Buffer.of(1), oid: "1.2.3" }),
      "good",
    ],
    ["a negative serial", () => request([single("80")]), "unknown"],
    ["a serial of 21 octets", () => request([single("7f".repeat(22))]), "unknown"],
    ["a serial with more zeros than it needs", () => request([single("000a")]), "malformedRequest"],
    [
      "a hash that is not known",
      () => request([single("0a", ca, derSequence(derOid("1.2.3")))]),
      "unauthorized",
    ],
    [
      "a CA that is not ours",
      () =>
        request([
          derSequence(
            derSequence(hash, Buffer.of(4, 1, 0), Buffer.of(4, 1, 0), Buffer.of(2, 1, 1)),
          ),
        ]),
      "unauthorized",
    ],
  ])("%s is answered as the standard says", async (_, bytes, expected) => {
    expect((await desk.answer(bytes())).statuses).toEqual([expected]);
  });

  it("cannot be read, whatever byte is missing", () => {
    const whole = request([single("0a")], { nonce: Buffer.of(1) });
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => readOcspRequest(whole.subarray(0, length))).toThrow(/./);
    }
  });
});

describe("the responder", () => {
  const issuer = () => authorities[0] ?? authorityOf(ca);
  const files = () => {
    const name = path.join(ca.dataDir, `pki/ocsp-${issuer().sha256}`);
    return { key: `${name}.key`, certificate: `${name}.pem` };
  };
  const ensure = (signer = ca.signer) => {
    const { sha256: issuerSha256, pem: issuerPem } = issuer();
    return ensureOcspResponder({
      dataDir: ca.dataDir,
      signer,
      issuerSha256,
      issuerPem,
      now: now(),
    });
  };

  it("may do nothing but this, lives a month, and its key is for nobody else", async () => {
    const { certificate, notAfter } = await ensure();
    const said = new X509Certificate(certificate.der);
    expect(said.keyUsage).toEqual(["1.3.6.1.5.5.7.3.9"]);
    expect(notAfter.getTime() - start).toBeLessThanOrEqual(31 * 24 * hourMs);
    expect(statSync(files().key).mode & 0o777).toBe(0o600);
  });

  it("is kept until a third of its life is left, then made anew; while the signer is away, the old one goes on", async () => {
    const first = await ensure();
    at.ms += 19 * 24 * hourMs;
    expect((await ensure(absentSigner())).certificate.der).toEqual(first.certificate.der);
    at.ms += 2 * 24 * hourMs;
    expect((await ensure(absentSigner())).certificate.der).toEqual(first.certificate.der);
    expect((await ensure()).certificate.der).not.toEqual(first.certificate.der);
  });

  it("cannot be had without the signer when there is none, and nobody is answered then", async () => {
    rmSync(files().key);
    await expect(ensure(absentSigner())).rejects.toThrow(/no signer/);
  });
});
