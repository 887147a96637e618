import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
} from "@peculiar/x509";
import { encodeId, encodeName, subjectKeyExtension } from "#server/pki/build-certificate.ts";
import { isAuthority, signsCertificatesAndLists } from "#server/pki/certificate-profiles.ts";
import { readCertificate } from "#server/pki/customer-ca.ts";
import { derTag, encodeBits, encodeDer } from "#server/pki/der.ts";
import { encodePem, splitPemBundle } from "#server/pki/pem.ts";
import type { SigningKey } from "#server/pki/signing-key.ts";

/** PKCS #9 extensionRequest, as it is encoded. */
const extensionRequest = "2a864886f70d01090e";
const set = 0x31;
const attributes = 0xa0;

/** Longest chain that is taken over: two intermediate CAs and a root. */
const longestChain = 3;

/**
 * A request (PKCS #10, RFC 2986) for the certificate of an issuing CA: CA:TRUE with path length 0,
 * keyCertSign and cRLSign. What the other CA makes of it is checked when it comes back.
 * @returns PEM
 */
export async function makeIssuingRequest(input: {
  readonly key: SigningKey;
  readonly commonName: string;
  readonly organisation: string;
}): Promise<string> {
  const spki = input.key.publicKey.export({ type: "spki", format: "der" });
  const extensions = encodeDer(
    derTag.sequence,
    isAuthority(0),
    signsCertificatesAndLists,
    subjectKeyExtension(spki),
  );
  const wanted = encodeDer(derTag.sequence, encodeId(extensionRequest), encodeDer(set, extensions));
  const info = encodeDer(
    derTag.sequence,
    encodeDer(derTag.integer, Buffer.from([0])),
    encodeName({ O: input.organisation, CN: input.commonName }),
    spki,
    encodeDer(attributes, wanted),
  );
  const signature = encodeBits(await input.key.sign(info));
  const request = encodeDer(derTag.sequence, info, input.key.algorithm, signature);
  return encodePem("CERTIFICATE REQUEST", request);
}

/** A certificate that another CA made, with its chain, or a sentence about why it will not do. */
export type IssuingAnswer =
  | { readonly pem: string; readonly chain: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string };

function powersProblem(pem: string): string | undefined {
  const certificate = new ParsedCertificate(pem);
  if (certificate.getExtension(BasicConstraintsExtension)?.ca !== true) {
    return "is no CA's: its basic constraints do not say CA:TRUE";
  }
  const usage = certificate.getExtension(KeyUsagesExtension);
  const needed = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
  return usage !== null && (usage.usages & needed) === needed
    ? undefined
    : "may not sign certificates and revocation lists: its key usage must say keyCertSign and cRLSign";
}

function datesProblem(certificate: X509Certificate, now: Date): string | undefined {
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  if (certificate.validToDate <= now) return `expired on ${day(certificate.validToDate)}`;
  return certificate.validFromDate > now
    ? `is valid from ${day(certificate.validFromDate)} only`
    : undefined;
}

/** RFC 5280 §4.2.1.9: how many CAs may stand between this one and a device's certificate. */
function pathProblem(pem: string, below: number): string | undefined {
  const constraints = new ParsedCertificate(pem).getExtension(BasicConstraintsExtension);
  const longest = constraints?.pathLength;
  return longest === undefined || longest >= below
    ? undefined
    : `allows ${longest} CAs below it, and there are ${below}`;
}

function chainProblem(chain: readonly string[], now: Date): string | undefined {
  const parsed = chain.map((pem) => new X509Certificate(pem));
  for (const [position, certificate] of parsed.entries()) {
    const pem = chain[position] ?? "";
    const who =
      position === 0
        ? "The certificate"
        : `The certificate ${certificate.subject.replaceAll("\n", ", ")}`;
    const why = powersProblem(pem) ?? datesProblem(certificate, now) ?? pathProblem(pem, position);
    if (why !== undefined) return `${who} ${why}.`;
    const issuer = parsed[position + 1] ?? certificate;
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      return position === parsed.length - 1
        ? "The chain does not end in a root: its last certificate must be signed by itself."
        : `${who} is not signed by the one that follows it in the chain.`;
    }
  }
  return undefined;
}

/**
 * Judges what another CA made of our request: that it is for our key, that it may sign certificates
 * and revocation lists, and that its chain ends in a root (RFC 5280 §6.1).
 * @param input.chainPem its issuers in order, the root last
 */
export function readIssuingAnswer(input: {
  readonly certificatePem: string;
  readonly chainPem: string;
  readonly key: SigningKey;
  readonly now: Date;
}): IssuingAnswer {
  const certificate = readCertificate(input.certificatePem);
  if (certificate.problem !== undefined) return certificate;
  const chain: string[] = [];
  for (const block of splitPemBundle(input.chainPem)) {
    const read = readCertificate(block);
    if (read.problem !== undefined) return { problem: `In the chain: ${read.problem}` };
    // Some CAs put the certificate itself in front of its chain.
    if (read.pem !== certificate.pem) chain.push(read.pem);
  }
  if (chain.length === 0)
    return { problem: "The chain is missing: give its issuers up to the root." };
  if (chain.length > longestChain) {
    return { problem: `The chain is longer than the ${longestChain} certificates allowed.` };
  }
  const parsed = new X509Certificate(certificate.pem);
  if (!parsed.publicKey.equals(input.key.publicKey)) {
    return { problem: "The certificate is for another key than the one that was made here." };
  }
  const problem = chainProblem([certificate.pem, ...chain], input.now);
  return problem === undefined ? { pem: certificate.pem, chain } : { problem };
}
