import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { AuthorityIndex, IssuingEntry, KeyPlace } from "#server/pki/authority-index.ts";
import { splitPemBundle } from "#server/pki/pem.ts";
import type { AuthorityStatus } from "#server/pki/signer-client.ts";

/** An issuing CA without its key: what every process may read. */
export type IssuingCertificates = {
  readonly entry: IssuingEntry;
  readonly pem: string;
  readonly certificate: X509Certificate;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly sha256: string;
  /** Its issuers, each by itself, the root last. */
  readonly above: readonly string[];
};

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function certificateSha256(pem: string): string {
  return createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
}

/**
 * Reads the certificates of an issuing CA.
 * @throws Error when one is missing or damaged
 */
export async function readIssuingCertificates(
  folder: string,
  entry: IssuingEntry,
): Promise<IssuingCertificates> {
  const pem = await readFile(path.join(folder, `${entry.name}.pem`), "utf8");
  // What this installation's own root signed needs no chain of its own.
  const chain =
    (await readIfPresent(path.join(folder, `${entry.name}.chain.pem`))) ??
    (await readFile(path.join(folder, "root.pem"), "utf8"));
  return {
    entry,
    pem,
    certificate: new X509Certificate(pem),
    sha256: certificateSha256(pem),
    above: splitPemBundle(chain),
  };
}

/** Whether certificates that it signed still count. */
export function isTrusted({ entry }: Pick<IssuingCertificates, "entry">): boolean {
  return entry.state !== "retired";
}

/** The chain that goes with a certificate of this CA: the CA itself, then its issuers. */
export function chainOf({ pem, above }: IssuingCertificates): string {
  return pem + above.join("");
}

/** Every CA whose certificates count, each once, roots last. */
export function trustBundle(authorities: readonly IssuingCertificates[]): string {
  const trusted = authorities.filter(isTrusted);
  return [
    ...new Set([...trusted.map(({ pem }) => pem), ...trusted.flatMap(({ above }) => above)]),
  ].join("");
}

/**
 * The CA that signs certificates of servers: the newest under the root that has been trusted longest.
 * A device that knows one root only goes on trusting its server until no CA of that root is left.
 */
export function serverIssuer<T extends IssuingCertificates>(
  authorities: readonly T[],
  now: Date,
): T | undefined {
  const usable = authorities.filter(
    (each) => isTrusted(each) && each.certificate.validToDate > now,
  );
  const root = usable.at(-1)?.above.at(-1);
  return usable.find(({ above }) => above.at(-1) === root);
}

type State = AuthorityStatus["state"];

function stateAbove(pem: string, authorities: readonly IssuingCertificates[]): State {
  const states = authorities.filter(({ above }) => above.includes(pem)).map((each) => each.entry);
  if (states.some(({ state }) => state === "active")) return "active";
  return states.some(({ state }) => state === "trusted") ? "trusted" : "retired";
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate);
}

/** All CAs, the issuers first to last as the index has them, after those above them. */
export function statusOf(
  index: AuthorityIndex,
  ownRootPem: string,
  authorities: readonly IssuingCertificates[],
): readonly AuthorityStatus[] {
  const above = [...new Set([ownRootPem, ...authorities.flatMap((each) => each.above)])];
  return [
    ...above.map((pem) => ({
      sha256: certificateSha256(pem),
      kind: isSelfSigned(new X509Certificate(pem)) ? ("root" as const) : ("intermediate" as const),
      state: stateAbove(pem, authorities),
      keyPlace: pem === ownRootPem ? index.rootKeyPlace : ("absent" satisfies KeyPlace),
      certificatePem: pem,
    })),
    ...authorities.map(({ entry, pem, sha256 }) => ({
      sha256,
      kind: "issuing" as const,
      state: entry.state,
      keyPlace: entry.keyPlace,
      certificatePem: pem,
    })),
  ];
}
