import { X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Client, crypto as acmeCrypto } from "acme-client";
import { putChallenge, removeChallenge } from "#server/pki/acme-challenges.ts";
import { writeFileAtomically } from "#server/pki/authority-files.ts";
import { readServerPair } from "#server/pki/server-certificate-pair.ts";

/** What an order needs. */
export type AcmeOrder = {
  readonly dataDir: string;
  readonly directoryUrl: string;
  /** Where the ACME server writes to before a certificate runs out. */
  readonly email: string;
  /** DNS names; each must lead to this machine, RFC 8555 §8.3. */
  readonly domains: readonly string[];
  /** Of the ACME server's answers; for tests. */
  readonly pollMs?: number;
};

/** Key and chain that were ordered last. */
export function acmeFiles(dataDir: string): {
  readonly certFile: string;
  readonly keyFile: string;
} {
  const folder = path.join(dataDir, "pki");
  return {
    certFile: path.join(folder, "acme-server.pem"),
    keyFile: path.join(folder, "acme-server.key"),
  };
}

/** The account is made at the first order and kept, mode 0600. */
async function accountKey(dataDir: string): Promise<string> {
  const file = path.join(dataDir, "pki", "acme-account.key");
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const made = (await acmeCrypto.createPrivateEcdsaKey("P-256")).toString();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFileAtomically(file, made, 0o600);
  return made;
}

/**
 * Whether a certificate must be ordered: there is none that can be used, a third of its life is left,
 * or it does not name every domain.
 */
export async function acmeIsDue(at: {
  readonly dataDir: string;
  readonly domains: readonly string[];
  readonly now: Date;
}): Promise<boolean> {
  const pair = await readServerPair({ ...acmeFiles(at.dataDir), now: at.now }).catch(
    () => undefined,
  );
  if (pair === undefined) return true;
  const leaf = new X509Certificate(pair.certPem);
  const life = leaf.validToDate.getTime() - leaf.validFromDate.getTime();
  const left = leaf.validToDate.getTime() - at.now.getTime();
  return left * 3 < life || at.domains.some((domain) => leaf.checkHost(domain) === undefined);
}

/**
 * Orders a certificate with a fresh P-256 key by http-01 and keeps both. The pair before stays in its
 * place until the new one is there.
 * @throws Error with the words of the ACME server
 */
export async function orderCertificate(order: AcmeOrder): Promise<void> {
  const { dataDir, directoryUrl, email, domains, pollMs } = order;
  const client = new Client({
    directoryUrl,
    accountKey: await accountKey(dataDir),
    ...(pollMs === undefined ? {} : { backoffMin: pollMs, backoffMax: pollMs }),
  });
  const [key, csr] = await acmeCrypto.createCsr(
    { altNames: [...domains] },
    await acmeCrypto.createPrivateEcdsaKey("P-256"),
  );
  const chain = await client.auto({
    csr,
    email,
    // Whoever sets ACME_EMAIL agrees to the server's terms; see docs/tls.md.
    termsOfServiceAgreed: true,
    challengePriority: ["http-01"],
    // Seen from here the name may lead elsewhere than from the ACME server.
    skipChallengeVerification: true,
    challengeCreateFn: (_, { token }, answer: string) => putChallenge(dataDir, { token, answer }),
    challengeRemoveFn: (_, { token }) => removeChallenge(dataDir, token),
  });
  const files = acmeFiles(dataDir);
  // A reader between the two writes finds a key of another certificate, and goes on with the old pair.
  await writeFileAtomically(files.keyFile, key.toString(), 0o600);
  await writeFileAtomically(files.certFile, chain, 0o644);
}
