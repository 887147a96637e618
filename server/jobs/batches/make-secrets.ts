import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  readWorkRows,
  writeRowResults,
  type RowResult,
  type WorkRow,
} from "#server/db/batch-rows.ts";
import { keepDeviceBatch } from "#server/db/claim-device-batch.ts";
import type { BatchOptions } from "#server/domain/device-batch.ts";
import { sasKeyBytes } from "#server/domain/sas-key.ts";
import { BatchLost, withBatch, type BatchWork } from "#server/jobs/batches/parts.ts";
import type { Pace } from "#server/jobs/batches/pace.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import {
  SignerUnavailable,
  type CertificateRequest,
  type SignedCertificate,
} from "#server/pki/signer-client.ts";
import { placeOfRowSecret } from "#server/services/batch/row-secret.ts";
import { sasCredential } from "#server/services/batch/manifest/import-row.ts";
import type { RowCertificate } from "#server/services/batch/manifest/entry.ts";

/** Rows of one transaction; whoever takes over repeats no more signatures than these. */
const atOnce = 200;
/** Signatures that are asked for at once. */
const lanes = 16;
const patienceMs = 500;

/** What the certificates of a batch have in common. */
export type IssuingFacts = { readonly organisation: string; readonly days: number };

/**
 * Makes what the devices of a batch prove themselves by, before the devices exist, and keeps it with
 * the rows: certificates, with keys that were made here sealed, or SAS keys. Goes on where another
 * worker stopped, and waits while the signer is away or busy.
 * @throws SignerRefusal when a request breaks policy, BatchLost, and what the database throws
 */
export async function makeSecrets(
  work: BatchWork,
  at: {
    readonly keys: Exclude<BatchOptions["keys"], "none">;
    readonly facts: IssuingFacts;
    readonly pace: Pace;
  },
): Promise<void> {
  let afterLine = -1;
  let done = 0;
  while (!work.signal.aborted) {
    const rows = await withBatch(work, { done }, (tx) =>
      readWorkRows(tx, work.batch, { afterLine, limit: atOnce }),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    const open = rows.filter((row) =>
      at.keys === "sas" ? !row.hasCredentials : !row.hasCertificate,
    );
    const results =
      at.keys === "sas"
        ? open.map((row) => makeSasKeys(work, row))
        : await inLanes(open, (row) => certify(work, row, at));
    if (work.signal.aborted) return;
    afterLine = last.line;
    done += rows.length;
    await withBatch(work, { done }, (tx) => writeRowResults(tx, work.batch, results));
  }
}

/** At most so many at once, in any order; after a failure no more are begun. */
async function inLanes<T, R>(
  items: readonly T[],
  each: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next]; item !== undefined; item = items[next]) {
      next += 1;
      try {
        results.push(await each(item));
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

function makeSasKeys({ ctx, batch }: BatchWork, { line }: WorkRow): RowResult {
  const [primary, secondary] = [randomBytes(sasKeyBytes.made), randomBytes(sasKeyBytes.made)];
  const secret = JSON.stringify({
    primary: primary.toString("base64"),
    secondary: secondary.toString("base64"),
  });
  return {
    line,
    sealed: sealedFor({ ctx, batch }, line, secret),
    more: {
      credentials: [
        sasCredential(ctx, "sas-primary", primary),
        sasCredential(ctx, "sas-secondary", secondary),
      ],
    },
  };
}

function sealedFor(
  { ctx, batch }: Pick<BatchWork, "ctx" | "batch">,
  line: number,
  secret: string,
): string {
  const place = placeOfRowSecret({ tenantId: batch.tenantId, batchId: batch.id, line });
  return Buffer.from(ctx.keyring.seal(place, Buffer.from(secret))).toString("base64");
}

async function certify(
  work: BatchWork,
  row: WorkRow,
  at: { readonly facts: IssuingFacts; readonly pace: Pace },
): Promise<RowResult> {
  const made = row.csrPem === null ? await makeKeyAndRequest() : undefined;
  const signed = await sign(work, at.pace, {
    kind: "device",
    csrPem: row.csrPem ?? made?.csrPem ?? "",
    deviceId: row.deviceId,
    deviceUuid: row.deviceUuid,
    ...at.facts,
  });
  // Told to stop while it waited: nothing of this chunk is kept.
  if (signed === undefined) return { line: row.line };
  const {
    cn: _,
    sanUuid: __,
    spkiSha256,
    notBefore,
    notAfter,
    ...said
  } = describeCertificate(signed.certificatePem);
  const certificate: RowCertificate = {
    ...said,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  };
  return {
    line: row.line,
    spki: spkiSha256,
    pem: signed.certificatePem,
    more: { certificate },
    ...(made !== undefined && { sealed: sealedFor(work, row.line, made.privateKeyPem) }),
  };
}

async function sign(
  work: BatchWork,
  pace: Pace,
  request: CertificateRequest,
): Promise<SignedCertificate | undefined> {
  const { ctx, db, batch, workerId, signal } = work;
  while (!signal.aborted) {
    await pace(signal);
    try {
      return await ctx.signer.sign(request);
    } catch (error) {
      if (!(error instanceof SignerUnavailable)) throw error;
      const words = "It waits for the signer, which is away or busy. It goes on by itself.";
      const isOurs = await keepDeviceBatch(db, batch, { workerId, error: words });
      if (!isOurs) throw new BatchLost();
      await sleep(patienceMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
