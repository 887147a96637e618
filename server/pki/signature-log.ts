import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { authorityFolder } from "#server/pki/authority.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import type { CertificateRequest } from "#server/pki/signer-client.ts";

/** Records one signature; a certificate leaves the signer only after its line is on disk. */
export type SignatureLog = (signature: {
  readonly at: Date;
  readonly kind: CertificateRequest["kind"];
  readonly certificatePem: string;
}) => Promise<void>;

/**
 * Every signature as one JSON line in `signatures.log`, appended and synced. Lines that come while
 * others are being written are written together: the disk is what signing waits for.
 */
export function openSignatureLog(dataDir: string): SignatureLog {
  const file = path.join(authorityFolder(dataDir), "signatures.log");
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    next = undefined;
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, lines.join(""), { mode: 0o600, flush: true });
  };
  return async ({ at, kind, certificatePem }) => {
    const { subject, serial, sha256 } = describeCertificate(certificatePem);
    waiting.push(`${JSON.stringify({ at: at.toISOString(), kind, subject, serial, sha256 })}\n`);
    if (next === undefined) {
      // Whatever became of those before: each line stands for itself.
      next = writing.then(write, write);
      writing = next;
    }
    await next;
  };
}
