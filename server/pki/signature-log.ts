import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { authorityFolder } from "#server/pki/authority.ts";
import { describeCertificate } from "#server/pki/describe.ts";

/** Records one signature; a certificate leaves the signer only after its line is on disk. */
export type SignatureLog = (signature: {
  readonly at: Date;
  readonly kind: "device" | "server";
  readonly certificatePem: string;
}) => Promise<void>;

/** Every signature as one JSON line in `signatures.log`, appended and synced. */
export function openSignatureLog(dataDir: string): SignatureLog {
  const file = path.join(authorityFolder(dataDir), "signatures.log");
  return async ({ at, kind, certificatePem }) => {
    const { subject, serial, sha256 } = describeCertificate(certificatePem);
    const line = JSON.stringify({ at: at.toISOString(), kind, subject, serial, sha256 });
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, `${line}\n`, { mode: 0o600, flush: true });
  };
}
