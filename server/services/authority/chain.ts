import { X509Certificate } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import { rootOf } from "#server/pki/pem.ts";

/** Longer chains are not taken over. */
const longest = 5;

/**
 * The chain of a certificate: the CA that signed it, then those above it, the root last.
 * @param issuer subject of that CA
 * @returns empty when it is no CA of this installation
 */
export async function readChain(tx: Tx, issuer: string): Promise<string> {
  const rows = await tx.certificateAuthority.findMany({ select: { subject: true, pem: true } });
  const all = rows.map((row) => ({ ...row, certificate: new X509Certificate(row.pem) }));
  const chain: string[] = [];
  let next = all.find(({ subject }) => subject === issuer);
  while (next !== undefined && chain.length < longest) {
    const { certificate, pem } = next;
    chain.push(pem);
    next = certificate.checkIssued(certificate)
      ? undefined
      : all.find((each) => certificate.checkIssued(each.certificate));
  }
  return chain.join("");
}

/**
 * The roots by which devices know this installation's listeners, PEM: usually one. While another root
 * takes over there are two, and a device that has both is never left alone.
 * @param chainPem whose root it is where none is recorded yet
 */
export async function readTrustedRoots(tx: Tx, chainPem: string): Promise<string> {
  const rows = await tx.certificateAuthority.findMany({
    where: { kind: "root", state: { not: "retired" } },
    orderBy: [{ notBefore: "asc" }, { sha256: "asc" }],
    select: { pem: true },
  });
  return rows.length === 0 ? rootOf(chainPem) : rows.map(({ pem }) => pem).join("");
}
