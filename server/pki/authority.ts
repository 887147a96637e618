import "reflect-metadata";
import { createPrivateKey, randomBytes, X509Certificate as NodeCertificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { X509Certificate } from "@peculiar/x509";
import {
  AuthorityUnusable,
  readAuthorityFiles,
  storeAuthorityFiles,
  type AuthorityFile,
  type AuthorityTexts,
} from "#server/pki/authority-files.ts";
import {
  makeIssuingCertificate,
  makeRootCertificate,
  type IssuingKey,
} from "#server/pki/certificate-profiles.ts";
import { encodePem } from "#server/pki/pem.ts";

/** The CA as the signer holds it. The root's key stays on disk: only the issuing key signs. */
export type Authority = {
  readonly issuing: IssuingKey;
  readonly issuingPem: string;
  readonly rootPem: string;
};

/** Folder of the CA's files. */
export function authorityFolder(dataDir: string): string {
  return path.join(dataDir, "pki");
}

async function exportKey(key: CryptoKey): Promise<string> {
  return encodePem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", key)));
}

async function generate(namedCurve: "P-256" | "P-384"): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve }, true, ["sign", "verify"]);
}

async function makeAuthority(now: Date): Promise<AuthorityTexts> {
  // Two installations never have CAs of the same name.
  const installation = randomBytes(4).toString("hex");
  const rootKeys = await generate("P-384");
  const issuingKeys = await generate("P-256");
  const root = await makeRootCertificate({ keys: rootKeys, installation, now });
  const issuing = await makeIssuingCertificate({
    publicKey: issuingKeys.publicKey,
    root: { certificate: root, privateKey: rootKeys.privateKey },
    installation,
    now,
  });
  return {
    "root.key": await exportKey(rootKeys.privateKey),
    "root.pem": encodePem("CERTIFICATE", new Uint8Array(root.rawData)),
    "issuing.key": await exportKey(issuingKeys.privateKey),
    "issuing.pem": encodePem("CERTIFICATE", new Uint8Array(issuing.rawData)),
  };
}

type Parsed = { readonly certificate: NodeCertificate; readonly keyDer: Uint8Array<ArrayBuffer> };

function unusable(folder: string, name: AuthorityFile, why: string): AuthorityUnusable {
  return new AuthorityUnusable(
    `${path.join(folder, name)} ${why}. Restore the folder ${folder} from a backup.`,
  );
}

function parsePair(folder: string, texts: AuthorityTexts, name: "root" | "issuing"): Parsed {
  const pem = `${name}.pem` as const;
  const key = `${name}.key` as const;
  let certificate: NodeCertificate;
  try {
    certificate = new NodeCertificate(texts[pem]);
  } catch (error) {
    throw Object.assign(unusable(folder, pem, "is damaged: it is not a certificate"), {
      cause: error,
    });
  }
  try {
    const privateKey = createPrivateKey(texts[key]);
    if (certificate.checkPrivateKey(privateKey)) {
      return {
        certificate,
        keyDer: new Uint8Array(privateKey.export({ type: "pkcs8", format: "der" })),
      };
    }
  } catch {
    // The parser's text could quote the key.
    throw unusable(folder, key, "is damaged: it is not a private key");
  }
  throw unusable(folder, key, `is not the key of ${pem}`);
}

async function loadAuthority(folder: string, texts: AuthorityTexts, now: Date): Promise<Authority> {
  const root = parsePair(folder, texts, "root");
  const issuing = parsePair(folder, texts, "issuing");
  if (
    !issuing.certificate.checkIssued(root.certificate) ||
    !issuing.certificate.verify(root.certificate.publicKey)
  ) {
    throw unusable(folder, "issuing.pem", "was not signed by root.pem");
  }
  if (issuing.certificate.validToDate <= now) {
    throw new AuthorityUnusable(
      `${path.join(folder, "issuing.pem")} expired on ${issuing.certificate.validToDate.toISOString()}. ` +
        "Check this machine's clock; if it is right, the device CA must be renewed.",
    );
  }
  const privateKey = await crypto.subtle.importKey(
    "pkcs8",
    issuing.keyDer,
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign"],
  );
  return {
    issuing: { certificate: new X509Certificate(issuing.certificate.raw), privateKey },
    issuingPem: texts["issuing.pem"],
    rootPem: texts["root.pem"],
  };
}

/**
 * The device CA under `dataDir`, made when there is none.
 * @throws AuthorityUnusable when it is damaged, incomplete, expired or readable by others
 */
export async function openAuthority(input: {
  readonly dataDir: string;
  readonly now: Date;
}): Promise<Authority & { readonly created: boolean }> {
  const folder = authorityFolder(input.dataDir);
  const present = await readAuthorityFiles(folder);
  if (present !== undefined) {
    return { ...(await loadAuthority(folder, present, input.now)), created: false };
  }
  const made = await makeAuthority(input.now);
  await storeAuthorityFiles(folder, made);
  return { ...(await loadAuthority(folder, made, input.now)), created: true };
}

/** The public part of the CA, as any process may read it. */
export type AuthorityCertificates = { readonly rootPem: string; readonly issuingPem: string };

/**
 * Reads the CA certificates; the signer has made them before it was ready.
 * @throws AuthorityUnusable when they are missing
 */
export async function readAuthorityCertificates(dataDir: string): Promise<AuthorityCertificates> {
  const folder = authorityFolder(dataDir);
  try {
    return {
      rootPem: await readFile(path.join(folder, "root.pem"), "utf8"),
      issuingPem: await readFile(path.join(folder, "issuing.pem"), "utf8"),
    };
  } catch (error) {
    throw Object.assign(
      new AuthorityUnusable(
        `The device CA's certificates cannot be read in ${folder}. Start the signer first; it makes them.`,
      ),
      { cause: error },
    );
  }
}
