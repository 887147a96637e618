import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { Integer, Null, OctetString } from "asn1js";
import {
  AlgorithmIdentifier,
  BasicOCSPResponse,
  CertID,
  Extension,
  OCSPRequest,
  OCSPResponse,
  Request,
} from "pkijs";
import type { FuzzTarget } from "#e2e/chaos/fuzz/mqtt-target.ts";
import type { DeviceRequest } from "#server/gateway/https/device-request.ts";
import { createOcspDesk } from "#server/gateway/pki/ocsp-desk.ts";
import { answerOcsp } from "#server/gateway/pki/ocsp-route.ts";
import { certificateFields } from "#server/pki/certificate-fields.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { ensureOcspResponder } from "#server/pki/ocsp-responder.ts";
import { createTestSigner } from "#server/testing/test-signer.ts";

const longestMs = 200;
const longestReply = 20_000;
const hashes = { sha1: "1.3.14.3.2.26", sha256: "2.16.840.1.101.3.4.2.1" } as const;
const nonceOid = "1.3.6.1.5.5.7.48.1.2";
const known = ["0a", "7f00", "80"];

/** What asks for certificates of the CA, as another library encodes it. */
function requestFor(
  issuerPem: string,
  asked: {
    readonly serials: readonly string[];
    readonly hash?: keyof typeof hashes;
    readonly nonce?: Buffer;
  },
): Buffer {
  const { subject, publicKey } = certificateFields(issuerPem);
  const { serials, hash = "sha1", nonce } = asked;
  const digest = (bytes: Buffer) =>
    new OctetString({ valueHex: createHash(hash).update(bytes).digest() });
  const request = new OCSPRequest();
  request.tbsRequest.requestList = serials.map(
    (serial) =>
      new Request({
        reqCert: new CertID({
          hashAlgorithm: new AlgorithmIdentifier({
            algorithmId: hashes[hash],
            algorithmParams: new Null(),
          }),
          issuerNameHash: digest(subject),
          issuerKeyHash: digest(publicKey),
          serialNumber: new Integer({ valueHex: Buffer.from(serial, "hex") }),
        }),
      }),
  );
  if (nonce !== undefined) {
    const extnValue = new OctetString({ valueHex: nonce }).toBER();
    request.tbsRequest.requestExtensions = [new Extension({ extnID: nonceOid, extnValue })];
  }
  return Buffer.from(request.toSchema(true).toBER());
}

/** @throws Error when it is neither a signed answer nor one of the standard's problems */
function checkReply(bytes: Uint8Array, issuerPem: string): void {
  if (bytes.length > longestReply) throw new Error(`The answer has ${bytes.length} bytes.`);
  const { responseStatus, responseBytes } = OCSPResponse.fromBER(new Uint8Array(bytes));
  const status = responseStatus.valueBlock.valueDec;
  if (status !== 0) {
    const isProblem = [1, 3, 6].includes(status) && responseBytes === undefined;
    if (!isProblem) throw new Error(`The status is ${status}.`);
    return;
  }
  if (responseBytes === undefined) throw new Error("There is no answer in the answer.");
  const basic = BasicOCSPResponse.fromBER(responseBytes.response.getValue());
  const [certificate] = basic.certs ?? [];
  if (certificate === undefined) throw new Error("The answer does not say who signed it.");
  const signer = new X509Certificate(Buffer.from(certificate.toSchema().toBER()));
  if (!signer.verify(createPublicKey(issuerPem))) throw new Error("A stranger has signed.");
  const tbs = basic.tbsResponseData.tbsView;
  if (!verify("sha256", tbs, signer.publicKey, basic.signature.valueBlock.valueHexView)) {
    throw new Error("The signature does not hold.");
  }
}

/**
 * OCSP. The first byte of an input says whether the rest is what is posted, or the end of an address
 * (bit 0).
 */
export async function ocspTarget(): Promise<FuzzTarget> {
  const ca = await createTestSigner();
  const { issuingPem: pem } = ca.authority;
  const { sha256, subject, notAfter } = describeCertificate(pem);
  const authority = { sha256, subject, pem, notAfter, kind: "issuing", state: "active" } as const;
  const now = () => new Date();
  const failures: unknown[] = [];
  const where = { dataDir: ca.dataDir, issuerSha256: sha256, issuerPem: pem, now: now() };
  const responder = await ensureOcspResponder({ ...where, signer: ca.signer });
  const desk = createOcspDesk({
    authorities: async () => [authority],
    statuses: async ({ serials }) =>
      serials
        .filter((serial) => known.includes(serial))
        .map((serial) => ({ serial, status: "revoked", at: now(), reason: "superseded" })),
    responder: async () => responder,
    now,
    failed: (error) => failures.push(error),
  });
  const route = { desk, maxRequestBytes: 16_384, count: () => undefined, now };
  const send = async (method: string, path: string, body: Buffer) => {
    const common = { headers: {}, remote: "", certificate: { kind: "no-certificate" } } as const;
    const request: DeviceRequest = { ...common, method, path, body: async () => body };
    const answer = await answerOcsp(route, request);
    if (answer?.status !== 200) throw new Error(`The status is ${answer?.status}.`);
    checkReply(answer.body, pem);
    if (failures.length > 0) throw new Error("The desk failed.", { cause: failures[0] });
  };
  const seeds = [
    requestFor(pem, { serials: ["0a"] }),
    requestFor(pem, { serials: ["7f00", "0b"], hash: "sha256", nonce: Buffer.alloc(32, 7) }),
    requestFor(pem, { serials: Array.from({ length: 32 }, (_, index) => `0${index % 10}`) }),
    requestFor(ca.authority.rootPem, { serials: ["0080"], nonce: Buffer.from("n") }),
  ];
  return {
    seeds: seeds.flatMap((seed) => [
      Buffer.concat([Buffer.from([0]), seed]),
      Buffer.concat([Buffer.from([1]), Buffer.from(encodeURIComponent(seed.toString("base64")))]),
    ]),
    isWatched: (url) => ["/server/pki/", "/server/gateway/pki/"].some((part) => url.includes(part)),
    run: async (input) => {
      const isAddress = ((input[0] ?? 0) & 1) === 1;
      const bytes = input.subarray(1);
      const before = process.cpuUsage();
      if (isAddress) await send("GET", `/ocsp/${bytes.toString("latin1")}`, Buffer.alloc(0));
      else await send("POST", "/ocsp", bytes);
      // Of the processor, not of the clock: a busy machine is no finding.
      const took = process.cpuUsage(before).user / 1000;
      if (took > longestMs) throw new Error(`One input took ${Math.round(took)} ms.`);
      // The event loop turns, so that its delay is measured.
      await new Promise((resolve) => setImmediate(resolve));
    },
    check: async () => {
      const { statuses } = await desk.answer(requestFor(pem, { serials: ["0a", "0b"] }));
      if (statuses.join() !== "revoked,unknown")
        throw new Error("A sound request is not answered.");
    },
    stop: async () => ca.remove(),
  };
}
