import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { splitPemBundle } from "#server/pki/pem.ts";
import type { ServerCertificate } from "#server/pki/server-certificate.ts";

/** A key and certificate that no listener should present; the message says why, and the remedy. */
export class ServerCertificateUnusable extends Error {}

function unusable(why: string, cause?: unknown): ServerCertificateUnusable {
  return new ServerCertificateUnusable(why, { cause });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw unusable(`${file} cannot be read (${code}). Correct its path or its permissions.`, error);
  }
}

function parse<T>(file: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unusable(`${file} is no ${what} in PEM. Write it anew.`, error);
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/**
 * Reads a key and a certificate that somebody else made: leaf first, then its issuers.
 * @param at.now a certificate that is not valid by then is refused
 * @throws ServerCertificateUnusable
 */
export async function readServerPair(at: {
  readonly certFile: string;
  readonly keyFile: string;
  readonly now: Date;
}): Promise<ServerCertificate> {
  const [certPem, keyPem] = await Promise.all([readText(at.certFile), readText(at.keyFile)]);
  const chain = parse(at.certFile, "certificate", () =>
    splitPemBundle(certPem).map((pem) => new X509Certificate(pem)),
  );
  const key = parse(at.keyFile, "private key without a passphrase", () => createPrivateKey(keyPem));
  const [leaf, ...issuers] = chain;
  if (leaf === undefined) throw unusable(`${at.certFile} is empty. Write the certificate anew.`);
  if (!leaf.checkPrivateKey(key)) {
    throw unusable(
      `The key in ${at.keyFile} is not that of the certificate in ${at.certFile}. Write both, and the certificate of the server first.`,
    );
  }
  checkDates(leaf, at);
  const [issuer] = issuers;
  if (issuer !== undefined && !leaf.checkIssued(issuer)) {
    throw unusable(
      `The second certificate in ${at.certFile} did not issue the first. Put the issuers after the server's certificate, each after the one that it issued.`,
    );
  }
  return { keyPem, certPem, notAfter: leaf.validToDate };
}

function checkDates(
  leaf: X509Certificate,
  { certFile, now }: { readonly certFile: string; readonly now: Date },
): void {
  if (leaf.validToDate <= now) {
    throw unusable(
      `The certificate in ${certFile} expired on ${day(leaf.validToDate)}. Put a new one there.`,
    );
  }
  if (leaf.validFromDate > now) {
    throw unusable(
      `The certificate in ${certFile} is valid from ${day(leaf.validFromDate)} only. Check this machine's clock.`,
    );
  }
}
