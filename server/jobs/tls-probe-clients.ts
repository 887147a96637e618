import "reflect-metadata";
import { randomBytes } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { probeDeviceId, type ProbeClient } from "#server/domain/tls-probe-plan.ts";
import { encodePem } from "#server/pki/pem.ts";

/** A certificate that the prober shows, PEM. */
export type ProbeIdentity = {
  readonly key: string;
  /** Leaf first. */
  readonly cert: string;
};

/** Those that the prober has; the others are not probed, for the reason given. */
export type ProbeIdentities = Readonly<
  Partial<Record<ProbeClient, ProbeIdentity | { readonly missing: string }>>
>;

const dayMs = 86_400_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

async function makeKeys(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
}

async function certify(at: {
  readonly keys: CryptoKeyPair;
  readonly subject: string;
  readonly issuer: string;
  readonly signingKey: CryptoKey;
  readonly isCa: boolean;
  readonly now: number;
}): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(15).toString("hex")}`,
    subject: at.subject,
    issuer: at.issuer,
    notBefore: new Date(at.now - dayMs),
    notAfter: new Date(at.now + dayMs),
    signingAlgorithm: algorithm,
    publicKey: at.keys.publicKey,
    signingKey: at.signingKey,
    extensions: [
      new BasicConstraintsExtension(at.isCa, undefined, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ],
  });
  return encodePem("CERTIFICATE", new Uint8Array(certificate.rawData));
}

async function identity(keys: CryptoKeyPair, cert: string): Promise<ProbeIdentity> {
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { key: encodePem("PRIVATE KEY", pkcs8), cert };
}

/**
 * What needs nobody's help: bad, a certificate that the device signed for itself; and foreign, one
 * that a CA unknown here signed for the same name. Both live for a day and are kept nowhere.
 * @param now epoch milliseconds
 */
export async function makeStrangers(
  now: number,
): Promise<{ readonly bad: ProbeIdentity; readonly foreign: ProbeIdentity }> {
  const [own, leaf, authority] = await Promise.all([makeKeys(), makeKeys(), makeKeys()]);
  const subject = `CN=${probeDeviceId}`;
  const issuer = "CN=A CA unknown here";
  const selfSigned = { keys: own, subject, issuer: subject, signingKey: own.privateKey };
  const foreign = { keys: leaf, subject, issuer, signingKey: authority.privateKey };
  const root = { keys: authority, subject: issuer, issuer, signingKey: authority.privateKey };
  const [bad, issued, ca] = await Promise.all([
    certify({ ...selfSigned, isCa: false, now }),
    certify({ ...foreign, isCa: false, now }),
    certify({ ...root, isCa: true, now }),
  ]);
  return { bad: await identity(own, bad), foreign: await identity(leaf, issued + ca) };
}
