import { configure, TextReader, ZipWriter } from "@zip.js/zip.js";
import type { DeviceBatch } from "#server/db/generated/client.ts";
import type { BundleRow } from "#server/db/read-batch-bundle.ts";
import { withTenant } from "#server/db/tenant.ts";
import { csvRecord } from "#server/domain/csv.ts";
import { batchOptions } from "#server/domain/device-batch-schema.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { beginBundle, endBundle, leaveBundle } from "#server/services/batch/bundle-state.ts";
import { FolderNames } from "#server/services/batch/folder-names.ts";
import { placeOfRowSecret } from "#server/services/batch/row-secret.ts";
import { rowsOfBatch } from "#server/services/batch/rows-of.ts";
import { bundleSchema } from "#server/services/batch/schemas.ts";
import { readTrustedRoots } from "#server/services/authority/chain.ts";
import type { Context } from "#server/services/context.ts";
import { parseInput } from "#server/services/input.ts";

// There are no browser workers here.
configure({ useWebWorkers: false });

/** WinZip's AE-2 with AES-256. Keys and certificates hardly shrink. */
const encrypted = { encryptionStrength: 3, level: 0 } as const;

const indexHeading = ["device_id", "name", "serial", "folder", "sha256", "not_after"];

/**
 * Certificates, keys and a list of a batch as an encrypted ZIP file, made while it is read. Keys that
 * were made here are in it once: when the last byte has been read they are erased, and not before, so
 * that an interrupted download can be repeated.
 * @throws ServiceError not_found, forbidden, invalid (passphrase), conflict (there is nothing to hand
 *   out, it was handed out, or somebody reads it at the moment), before the first byte
 */
export async function batchBundle(
  ctx: Context,
  input: { readonly batchId: string; readonly passphrase: string },
): Promise<AsyncGenerator<Uint8Array, void>> {
  const { batchId, passphrase } = parseInput(bundleSchema, input);
  const { batch, readerId } = await beginBundle(ctx, { batchId });
  return bytesOf(ctx, { batch, readerId, passphrase });
}

type Reading = {
  readonly batch: DeviceBatch;
  readonly readerId: string;
  readonly passphrase: string;
};

async function* bytesOf(ctx: Context, at: Reading): AsyncGenerator<Uint8Array, void> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writing = writeZip(ctx, at, writable);
  // Whoever reads learns of it by the stream.
  writing.catch((error: unknown) => writable.abort(error).catch(() => undefined));
  const reader = readable.getReader();
  const state = { batchId: at.batch.id, readerId: at.readerId };
  let isWhole = false;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
    await writing;
    await endBundle(ctx, state);
    isWhole = true;
  } finally {
    await reader.cancel().catch(() => undefined);
    if (!isWhole) await leaveBundle(ctx, state);
  }
}

async function writeZip(
  ctx: Context,
  { batch, readerId, passphrase }: Reading,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const zip = new ZipWriter(writable, { ...encrypted, password: passphrase });
  const authorities = await readAuthorities(ctx);
  const folders = new FolderNames();
  const index = [csvRecord(indexHeading)];
  await zip.add("README.txt", new TextReader(readmeOf(batch)));
  if (authorities.rootPem !== "") await zip.add("ca.pem", new TextReader(authorities.rootPem));
  for await (const rows of rowsOfBatch(ctx, batch.id)) {
    await leaveBundle(ctx, { batchId: batch.id, readerId, keep: true });
    for (const row of rows) {
      const folder = folders.next(row.deviceId, row.line);
      for (const [name, text] of filesOf(ctx, batch, { row, authorities })) {
        await zip.add(`devices/${folder}/${name}`, new TextReader(text));
      }
      index.push(indexRecord(row, folder));
    }
  }
  await zip.add("index.csv", new TextReader(index.join("")));
  await zip.close();
}

type Authorities = {
  readonly rootPem: string;
  /** By subject. */
  readonly issuing: ReadonlyMap<string, string>;
};

async function readAuthorities(ctx: Context): Promise<Authorities> {
  return withTenant(ctx, async (tx) => {
    const issuing = await tx.certificateAuthority.findMany({
      where: { kind: "issuing" },
      select: { subject: true, pem: true },
    });
    return {
      rootPem: await readTrustedRoots(tx, ""),
      issuing: new Map(issuing.map(({ subject, pem }) => [subject, pem])),
    };
  });
}

function filesOf(
  ctx: Context,
  { id: batchId, tenantId }: DeviceBatch,
  at: { readonly row: BundleRow; readonly authorities: Authorities },
): readonly (readonly [string, string])[] {
  const { certificatePem, sealedSecret, line } = at.row;
  const place = placeOfRowSecret({ tenantId, batchId, line });
  const secret =
    sealedSecret === null ? undefined : ctx.keyring.open(place, sealedSecret).toString("utf8");
  const files: (readonly [string, string])[] = [];
  if (certificatePem !== null) {
    const issuer = at.authorities.issuing.get(describeCertificate(certificatePem).issuer) ?? "";
    files.push(["certificate.pem", certificatePem], ["chain.pem", certificatePem + issuer]);
  }
  if (secret !== undefined) {
    files.push([certificatePem === null ? "sas-keys.json" : "private-key.pem", secret]);
  }
  return files;
}

function indexRecord(row: BundleRow, folder: string): string {
  const { deviceId, name, serial, certificatePem } = row;
  const said = certificatePem === null ? undefined : describeCertificate(certificatePem);
  const notAfter = said?.notAfter.toISOString() ?? "";
  return csvRecord([deviceId, name, serial, `devices/${folder}`, said?.sha256 ?? "", notAfter]);
}

function readmeOf(batch: DeviceBatch): string {
  const { keys } = batchOptions.parse(batch.options);
  const what =
    keys === "sas"
      ? "sas-keys.json holds the device's primary and secondary key for SAS tokens, as base64."
      : [
          "certificate.pem is the device's certificate, chain.pem the same followed by the CA that issued it.",
          ...(keys === "generate"
            ? [
                "private-key.pem is its private key (PKCS #8). It was made once and is kept nowhere else.",
              ]
            : []),
          "ca.pem, beside this file, is the root by which devices know the server.",
        ].join("\r\n");
  return [
    `Batch “${batch.name}”: ${batch.total} devices`,
    "",
    "devices holds a folder for each device; index.csv says which is whose.",
    what,
    "",
    "Give each device its own folder only, and delete this file when all devices have theirs.",
    "",
  ].join("\r\n");
}
