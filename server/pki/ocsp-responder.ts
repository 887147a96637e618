import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { authorityFolder } from "#server/pki/authority.ts";
import { writeFileAtomically } from "#server/pki/authority-files.ts";
import { certificateFields } from "#server/pki/certificate-fields.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import type { OcspResponder } from "#server/pki/ocsp-response.ts";
import type { Signer } from "#server/pki/signer-client.ts";

/** Short: nobody asks whether the responder itself is revoked (RFC 6960 §4.2.2.2.1). */
const days = 30;

type Pair = { readonly keyPem: string; readonly certificatePem: string };

async function readPair(files: Readonly<Record<keyof Pair, string>>): Promise<Pair | undefined> {
  try {
    return {
      keyPem: await readFile(files.keyPem, "utf8"),
      certificatePem: await readFile(files.certificatePem, "utf8"),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A damaged pair, or one of which two workers wrote a half each, is none: it is made anew. */
function responderOf(
  { keyPem, certificatePem }: Pair,
  wanted: { readonly issuerPem: string; readonly now: Date },
): OcspResponder | undefined {
  try {
    const certificate = new X509Certificate(certificatePem);
    const issuer = new X509Certificate(wanted.issuerPem);
    const key = createPrivateKey(keyPem);
    const isOurs =
      certificate.checkPrivateKey(key) &&
      certificate.verify(issuer.publicKey) &&
      certificate.validToDate > wanted.now;
    if (!isOurs) return undefined;
    return {
      key,
      certificate: certificateFields(certificate.toString()),
      notAfter: certificate.validToDate,
    };
  } catch {
    return undefined;
  }
}

function isFresh(certificatePem: string, now: Date): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  const life = validToDate.getTime() - validFromDate.getTime();
  return (validToDate.getTime() - now.getTime()) * 3 >= life;
}

/**
 * Who answers for a CA: key and certificate in `DATA_DIR/pki/ocsp-<issuer>.key` (mode 0600) and
 * `.pem`, which the workers of this machine share. Made anew when there is none and when less than a
 * third of its life is left; while the signer is away, the one that there is goes on.
 * @throws SignerUnavailable, SignerRefusal when there is none that is still good
 */
export async function ensureOcspResponder(input: {
  readonly dataDir: string;
  readonly signer: Pick<Signer, "sign">;
  readonly issuerSha256: string;
  readonly issuerPem: string;
  readonly now: Date;
}): Promise<OcspResponder> {
  const { dataDir, signer, issuerSha256, now } = input;
  const folder = authorityFolder(dataDir);
  const name = path.join(folder, `ocsp-${issuerSha256}`);
  const files = { keyPem: `${name}.key`, certificatePem: `${name}.pem` };
  const kept = await readPair(files);
  const present = kept && responderOf(kept, input);
  if (kept !== undefined && present !== undefined && isFresh(kept.certificatePem, now)) {
    return present;
  }
  try {
    const { privateKeyPem: keyPem, csrPem } = await makeKeyAndRequest();
    const { certificatePem } = await signer.sign({ kind: "ocsp", csrPem, issuerSha256, days });
    const made = responderOf({ keyPem, certificatePem }, input);
    if (made === undefined) throw new Error("The signer made a responder's certificate of no use.");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFileAtomically(files.keyPem, keyPem, 0o600);
    await writeFileAtomically(files.certificatePem, certificatePem, 0o644);
    return made;
  } catch (error) {
    if (present !== undefined) return present;
    throw error;
  }
}
