import { X509Certificate } from "node:crypto";
import type { FuzzTarget } from "#e2e/chaos/fuzz/mqtt-target.ts";
import { readCsr } from "#server/gateway/https/est/read-csr.ts";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { proofProblem, readCertificate, readCustomerCa } from "#server/pki/customer-ca.ts";
import { decodePem, encodePem } from "#server/pki/pem.ts";
import { readSigningRequest } from "#server/pki/read-signing-request.ts";
import { judgeNames, namesOfDevice } from "#server/pki/request-names.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { makeCustomerAuthority } from "#server/testing/customer-authority.ts";

const longestMs = 200;
const pump = { deviceId: "pump-17", id: "3f0e8b1c-5c7a-4d2e-9b1a-0a1b2c3d4e5f" };
const challenge = "0123456789abcdef";

/** @throws Error when a refusal is not a sentence that can be shown as it is */
function checkWords(words: string): void {
  const isFine = /^[A-Z][^\p{Cc}]{10,1000}$/u.test(words) && words.isWellFormed();
  if (!isFine) throw new Error(`The refusal is not one in words: ${JSON.stringify(words)}`);
}

/** As it comes in by EST, by MQTT, on a page and in a file. */
async function runRequest(text: string, follows: string): Promise<void> {
  const est = readCsr(Buffer.from(text, "latin1"));
  if (est.csrPem === undefined) checkWords(est.problem);
  const verdict = await checkCsr(text, { ...namesOfDevice(pump), follows });
  if (!verdict.accepted) checkWords(verdict.message);
  // A changed request is not signed by its key any more: its names are judged all the same.
  const request = readSigningRequest(text);
  const problem = request && judgeNames(request, { ...namesOfDevice(pump), follows });
  if (problem !== undefined) checkWords(problem.message);
  if (!verdict.accepted) return;
  if (request === undefined || problem !== undefined) {
    throw new Error("A request is accepted whose names are not.");
  }
}

/** As a CA that is registered, and as the proof that its key is at hand. */
function runCertificate(text: string, caPem: string): void {
  const read = readCustomerCa(text, new Date());
  if (read.problem !== undefined) checkWords(read.problem);
  const proof = proofProblem(text, { caPem, challenge });
  if (proof !== undefined) checkWords(proof);
  const certificate = readCertificate(text);
  if (certificate.problem !== undefined) return;
  if (!new X509Certificate(certificate.pem).raw.equals(derOf(certificate.pem))) {
    throw new Error("A certificate is kept otherwise than it was read.");
  }
  const again = proofProblem(caPem, { caPem: certificate.pem, challenge });
  if (again !== undefined) checkWords(again);
}

function derOf(pem: string): Buffer {
  const label = /^-----BEGIN ([A-Z ]+)-----/.exec(pem)?.[1] ?? "";
  return Buffer.from(decodePem(pem, [label]) ?? []);
}

async function makeSeeds(): Promise<readonly Buffer[]> {
  const works = await makeCustomerAuthority("Works CA", { usage: null });
  const weak = await makeCustomerAuthority("Weak CA", { rsaBits: 2048 });
  const leaf = { commonName: challenge, organisation: "Acme", serialNumber: "SN-17" };
  const names = [
    { type: "dns", value: "pump-17" },
    { type: "url", value: `urn:uuid:${pump.id}` },
    { type: "ip", value: "192.0.2.1" },
  ] as const;
  const requests = await Promise.all([
    makeRequest({ commonName: "pump-17" }),
    makeRequest({ commonName: "pump-17", names }),
    makeRequest({ greedy: true }),
    makeRequest({ key: { name: "ECDSA", namedCurve: "P-384" }, hash: "SHA-384" }),
    makeRequest({ key: { name: "RSA", bits: 2048 } }),
    makeRequest({ key: { name: "Ed25519" } }),
  ]);
  const certificates = [
    works.pem,
    weak.pem,
    (await works.issue(leaf)).cert,
    (await weak.issue({ ...leaf, names, usages: ["1.3.6.1.5.5.7.3.2"] })).cert,
  ];
  const asBoth = (pem: string, mode: number) => [
    Buffer.concat([Buffer.from([mode]), derOf(pem)]),
    Buffer.concat([Buffer.from([mode | 2]), Buffer.from(pem)]),
  ];
  return [
    ...requests.flatMap(({ csrPem }) => asBoth(csrPem, 0)),
    ...certificates.flatMap((pem) => asBoth(pem, 1)),
  ];
}

/**
 * Certificate signing requests and customers' certificates. The first byte of an input says what the
 * rest is taken for (bit 0: a certificate), and whether it is text (bit 1) or the DER within PEM.
 */
export async function csrTarget(): Promise<FuzzTarget> {
  const works = await makeCustomerAuthority();
  const sound = await makeRequest({ commonName: "pump-17" });
  const { cert } = await works.issue({ commonName: "pump-17" });
  return {
    seeds: await makeSeeds(),
    isWatched: (url) =>
      ["/server/pki/", "/server/gateway/https/est/", "/@peculiar/", "/asn1js/"].some((part) =>
        url.includes(part),
      ),
    run: async (input) => {
      const mode = input[0] ?? 0;
      const bytes = input.subarray(1);
      const label = (mode & 1) === 0 ? "CERTIFICATE REQUEST" : "CERTIFICATE";
      const text = (mode & 2) === 0 ? encodePem(label, bytes) : bytes.toString("latin1");
      const before = process.cpuUsage();
      if ((mode & 1) === 0) await runRequest(text, cert);
      else runCertificate(text, works.pem);
      // Of the processor, not of the clock: a busy machine is no finding.
      const took = process.cpuUsage(before).user / 1000;
      if (took > longestMs) throw new Error(`One input took ${Math.round(took)} ms.`);
      // The event loop turns, so that its delay is measured.
      await new Promise((resolve) => setImmediate(resolve));
    },
    check: async () => {
      const { accepted } = await checkCsr(sound.csrPem, namesOfDevice(pump));
      const { problem } = readCustomerCa(works.pem, new Date());
      if (!accepted || problem !== undefined) {
        throw new Error("A sound request, or a sound CA, is not taken any more.");
      }
    },
    stop: async () => {},
  };
}
