import { X509Certificate } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { authorityFolder } from "#server/pki/authority.ts";
import { readCrl } from "#server/pki/crl.ts";
import { encodePem } from "#server/pki/pem.ts";

/** A full list with the CA that it is of. */
export type ListOfCa = {
  readonly issuerSha256: string;
  readonly issuerPem: string;
  readonly der: Uint8Array;
};

/** Of all CAs one after the other, for brokers that trust several. */
const bundleName = "all.pem";

function crlFolder(dataDir: string): string {
  return path.join(authorityFolder(dataDir), "crl");
}

/** "quayside-device-ca-1a2b3c4d": of the CA's common name; a part of its fingerprint keeps CAs apart. */
function listName({ issuerSha256, issuerPem }: Omit<ListOfCa, "der">): string {
  const name: unknown = new X509Certificate(issuerPem).toLegacyObject().subject.CN;
  const plain = (typeof name === "string" ? name : "ca")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 48);
  return `${plain}-${issuerSha256.slice(0, 8)}`;
}

async function write(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  const handle = await open(temporary, "wx", 0o644);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/**
 * Writes the lists to `DATA_DIR/pki/crl`, each as `<name>.crl` (DER) and `<name>.pem`, and all of
 * them as `all.pem`. A reader sees a whole file, the old one or the new.
 */
export async function writeListFiles(dataDir: string, lists: readonly ListOfCa[]): Promise<void> {
  const folder = crlFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  // Mosquitto wants this label, not "CRL".
  const texts = lists.map((list) => encodePem("X509 CRL", list.der));
  for (const [index, list] of lists.entries()) {
    const file = path.join(folder, listName(list));
    await write(`${file}.crl`, list.der);
    await write(`${file}.pem`, texts[index] ?? "");
  }
  await write(path.join(folder, bundleName), texts.join(""));
}

/**
 * The number of the list in the CA's file: none after it is lower, also when the database was put
 * back to an earlier time.
 */
export async function numberInFile(
  dataDir: string,
  ca: Omit<ListOfCa, "der">,
): Promise<bigint | undefined> {
  try {
    return readCrl(await readFile(path.join(crlFolder(dataDir), `${listName(ca)}.crl`))).number;
  } catch {
    // No file, or one of no use, is no reason to make no list.
    return undefined;
  }
}
