import { X509Certificate } from "node:crypto";
import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { authorityFolder } from "#server/pki/authority.ts";
import type { AuthorityCommand, CertificateRequest } from "#server/pki/signer-client.ts";

/** What a CA key did, or was done with. */
export type Signature =
  | {
      readonly at: Date;
      readonly kind: CertificateRequest["kind"];
      /** DER. */
      readonly certificate: Uint8Array;
    }
  | {
      readonly at: Date;
      readonly kind: "crl";
      readonly issuerSha256: string;
      readonly number: string;
      readonly entries: number;
    }
  | {
      readonly at: Date;
      readonly kind: "authority";
      readonly op: AuthorityCommand["op"];
      /** The CAs that sign or are trusted from now on. */
      readonly authorities: readonly string[];
    };

/** Records one signature; what was signed leaves the signer only after its line is on disk. */
export type SignatureLog = (signature: Signature) => Promise<void>;

function lineOf(signature: Signature): string {
  const at = signature.at.toISOString();
  if (!("certificate" in signature)) return `${JSON.stringify({ ...signature, at })}\n`;
  const { kind, certificate } = signature;
  const signed = new X509Certificate(certificate);
  const subject = signed.subject.replaceAll("\n", ", ");
  const serial = signed.serialNumber.toLowerCase();
  const sha256 = signed.fingerprint256.replaceAll(":", "").toLowerCase();
  return `${JSON.stringify({ at, kind, subject, serial, sha256 })}\n`;
}

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
  return async (signature) => {
    waiting.push(lineOf(signature));
    if (next === undefined) {
      // Whatever became of those before: each line stands for itself.
      next = writing.then(write, write);
      writing = next;
    }
    await next;
  };
}
