import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openAuthority, type Authority } from "#server/pki/authority.ts";
import { createLocalSigner } from "#server/pki/local-signer.ts";
import { openSignatureLog } from "#server/pki/signature-log.ts";
import type { Signer } from "#server/pki/signer-client.ts";

/** A real signer with a CA of its own, in this process. */
export type TestSigner = {
  readonly signer: Signer;
  readonly authority: Authority;
  /** Holds the folder `pki`. */
  readonly dataDir: string;
  /** Deletes the CA. */
  remove(): void;
};

/**
 * @param now the clock by which certificates are dated
 * @param pkiUrl address of lists and OCSP that certificates carry; none without
 */
export async function createTestSigner(
  now: () => Date = () => new Date(),
  pkiUrl?: string,
): Promise<TestSigner> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "quayside-ca-"));
  const authority = await openAuthority({ dataDir, now: now(), pkiUrl });
  return {
    signer: createLocalSigner({ authority, log: openSignatureLog(dataDir), now }),
    authority,
    dataDir,
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}
