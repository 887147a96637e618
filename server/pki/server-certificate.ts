import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { isIP } from "node:net";
import path from "node:path";
import { authorityFolder, readAuthorityCertificates } from "#server/pki/authority.ts";
import { writeFileAtomically } from "#server/pki/authority-files.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { splitPemBundle } from "#server/pki/pem.ts";
import type { Signer } from "#server/pki/signer-client.ts";

/** What a TLS listener presents. */
export type ServerCertificate = {
  readonly keyPem: string;
  /** Leaf, then issuing CA. */
  readonly certPem: string;
  readonly notAfter: Date;
};

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function names(certificate: X509Certificate, host: string): boolean {
  const found = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  return found !== undefined;
}

/** A damaged or half-written pair is no error: the listener's key is made anew. */
function parsePair(keyPem: string, certPem: string): X509Certificate | undefined {
  try {
    const leaf = new X509Certificate(certPem);
    return leaf.checkPrivateKey(createPrivateKey(keyPem)) ? leaf : undefined;
  } catch {
    return undefined;
  }
}

function stillGood(
  leaf: X509Certificate,
  wanted: { readonly hosts: readonly string[]; readonly issuingPem: string; readonly now: Date },
): boolean {
  const issuer = new X509Certificate(wanted.issuingPem);
  const life = leaf.validToDate.getTime() - leaf.validFromDate.getTime();
  const left = leaf.validToDate.getTime() - wanted.now.getTime();
  return (
    left * 3 >= life &&
    leaf.validFromDate <= wanted.now &&
    leaf.checkIssued(issuer) &&
    leaf.verify(issuer.publicKey) &&
    wanted.hosts.every((host) => names(leaf, host))
  );
}

/**
 * The listeners' key and certificate, kept in `DATA_DIR/pki/server.key` (mode 0600) and
 * `server.pem`. Made anew when there is none, when less than a third of its life is left, or when
 * hosts or the CA have changed.
 * @throws SignerUnavailable, SignerRefusal, AuthorityUnusable
 */
export async function ensureServerCertificate(input: {
  readonly dataDir: string;
  readonly signer: Signer;
  /** DNS names and IP addresses under which devices reach the listeners. */
  readonly hosts: readonly string[];
  readonly now?: Date;
}): Promise<ServerCertificate> {
  const folder = authorityFolder(input.dataDir);
  const keyFile = path.join(folder, "server.key");
  const certificateFile = path.join(folder, "server.pem");
  const now = input.now ?? new Date();
  const { serverIssuingPem: issuingPem } = await readAuthorityCertificates(input.dataDir, now);
  const keyPem = await readIfPresent(keyFile);
  const certPem = await readIfPresent(certificateFile);
  if (keyPem !== undefined && certPem !== undefined) {
    const leaf = parsePair(keyPem, certPem);
    const wanted = { hosts: input.hosts, issuingPem, now };
    if (leaf !== undefined && stillGood(leaf, wanted)) {
      return { keyPem, certPem, notAfter: leaf.validToDate };
    }
  }
  const made = await makeKeyAndRequest();
  const signed = await input.signer.sign({
    kind: "server",
    csrPem: made.csrPem,
    hosts: input.hosts,
  });
  // Everything but the root, which whoever connects has already.
  const chain = [signed.certificatePem, ...splitPemBundle(signed.chainPem).slice(0, -1)].join("");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomically(keyFile, made.privateKeyPem, 0o600);
  await writeFileAtomically(certificateFile, chain, 0o644);
  const { validToDate: notAfter } = new X509Certificate(signed.certificatePem);
  return { keyPem: made.privateKeyPem, certPem: chain, notAfter };
}
