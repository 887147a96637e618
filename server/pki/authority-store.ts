import { X509Certificate as NodeCertificate } from "node:crypto";
import path from "node:path";
import {
  isTrusted,
  readIssuingCertificates,
  type IssuingCertificates,
} from "#server/pki/authority-view.ts";
import { AuthorityUnusable } from "#server/pki/authority-files.ts";
import { writeIndex, type AuthorityIndex, type IssuingEntry } from "#server/pki/authority-index.ts";
import type { IssuingKey } from "#server/pki/certificate-profiles.ts";
import type { KeyFiles } from "#server/pki/key-files.ts";
import { pkiUrls } from "#server/pki/pki-urls.ts";
import type { Token } from "#server/pki/pkcs11.ts";
import { softwareKey, type SigningKey } from "#server/pki/signing-key.ts";

/** An issuing CA as the signer holds it. */
export type SigningAuthority = IssuingCertificates & {
  /** Undefined once the CA is retired. */
  readonly issuing: IssuingKey | undefined;
};

/** What the CAs are kept with. */
export type StoreParts = {
  readonly folder: string;
  readonly keys: KeyFiles;
  /** Where new issuing keys are made, and some already are. */
  readonly token: Token | undefined;
  /** Address of revocation lists and OCSP, without a trailing slash; certificates have none when undefined. */
  readonly pkiUrl: string | undefined;
  /** This installation's own root. */
  readonly rootPem: string;
};

/** The CAs as they are, replaced as a whole by {@link commit}. */
export type AuthorityState = {
  readonly parts: StoreParts;
  index: AuthorityIndex;
  /** In the order of the index: newest first. */
  authorities: readonly SigningAuthority[];
};

export function unusable(folder: string, name: string, why: string): AuthorityUnusable {
  return new AuthorityUnusable(
    `${path.join(folder, name)} ${why}. Restore the folder ${folder} from a backup.`,
  );
}

async function readCertificates(folder: string, entry: IssuingEntry): Promise<IssuingCertificates> {
  try {
    return await readIssuingCertificates(folder, entry);
  } catch (error) {
    const why = "is missing or damaged: it is not a certificate";
    throw Object.assign(unusable(folder, `${entry.name}.pem`, why), { cause: error });
  }
}

/** The chain as far as this installation has it, each signed by the next, the last by itself. */
function requireChain(folder: string, { entry, pem, above }: IssuingCertificates): void {
  const chain = [pem, ...above].map((each) => new NodeCertificate(each));
  for (const [position, certificate] of chain.entries()) {
    const issuer = chain[position + 1] ?? certificate;
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      const by = entry.name === "issuing" ? "root.pem" : `${entry.name}.chain.pem`;
      throw unusable(folder, `${entry.name}.pem`, `was not signed by ${by}`);
    }
  }
}

async function openKey(
  { folder, keys, token }: StoreParts,
  { entry, certificate }: IssuingCertificates,
): Promise<SigningKey> {
  if (entry.keyPlace === "pkcs11") {
    if (token === undefined || entry.keyId === undefined) {
      throw new AuthorityUnusable(
        `The key of ${entry.name}.pem is in a PKCS #11 token. Set PKCS11_MODULE, PKCS11_TOKEN_LABEL and PKCS11_PIN_FILE.`,
      );
    }
    return token.key(entry.keyId, certificate.publicKey);
  }
  if (!keys.exists(entry.name)) {
    throw new AuthorityUnusable(
      `The device CA is incomplete: ${path.join(folder, `${entry.name}.key`)} is missing. Restore it from a backup of ${folder}.`,
    );
  }
  const key = await keys.read(entry.name);
  const signing = softwareKey(key);
  if (signing !== undefined && certificate.checkPrivateKey(key)) return signing;
  throw unusable(folder, `${entry.name}.key`, `is not the key of ${entry.name}.pem`);
}

/**
 * Reads the CAs that an index names.
 * @param known keys that are open already, by the name of their CA
 * @throws AuthorityUnusable
 */
export async function loadAuthorities(
  parts: StoreParts,
  index: AuthorityIndex,
  known: ReadonlyMap<string, SigningKey> = new Map(),
): Promise<readonly SigningAuthority[]> {
  const loaded: SigningAuthority[] = [];
  for (const entry of index.issuing) {
    const certificates = await readCertificates(parts.folder, entry);
    requireChain(parts.folder, certificates);
    if (!isTrusted(certificates)) {
      loaded.push({ ...certificates, issuing: undefined });
      continue;
    }
    const { certificate, sha256 } = certificates;
    const key = known.get(entry.name) ?? (await openKey(parts, certificates));
    const urls = parts.pkiUrl === undefined ? undefined : pkiUrls(parts.pkiUrl, sha256);
    loaded.push({ ...certificates, issuing: { certificate, key, urls } });
  }
  return loaded;
}

/** Makes another index the one that counts. What it names must be on disk already. */
export async function commit(state: AuthorityState, index: AuthorityIndex): Promise<void> {
  const known = new Map(
    state.authorities.flatMap(({ entry, issuing }) =>
      issuing === undefined ? [] : [[entry.name, issuing.key] as const],
    ),
  );
  const authorities = await loadAuthorities(state.parts, index, known);
  await writeIndex(state.parts.folder, index);
  state.index = index;
  state.authorities = authorities;
}

/** The CA that signs what is asked for now. */
export function activeOf(state: AuthorityState): SigningAuthority & { issuing: IssuingKey } {
  const active = state.authorities.find(({ entry }) => entry.state === "active");
  if (active?.issuing === undefined) {
    throw new AuthorityUnusable("No issuing CA is active. Restore the CA's folder from a backup.");
  }
  return { ...active, issuing: active.issuing };
}
