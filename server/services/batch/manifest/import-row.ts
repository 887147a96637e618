import { createHash, randomUUID } from "node:crypto";
import type { SealedPlace } from "#server/crypto/envelope.ts";
import { deviceIdRule, isDeviceId } from "#server/domain/device-id.ts";
import type { MappingReport } from "#server/domain/device-batch.ts";
import type { ImportSecrets, MappedRecord } from "#server/services/batch/import/mapped-record.ts";
import type { BatchEntry, RowCredential } from "#server/services/batch/manifest/entry.ts";
import type { SourceRecord } from "#server/services/batch/manifest/source.ts";
import type { Context } from "#server/services/context.ts";

/** Different fields that a report names; an export with more has names made of data. */
const mostNamed = 200;

/** Counts what of an import maps and what does not. */
export class MappingCounts {
  readonly #mapped = new Map<string, number>();
  readonly #unmapped = new Map<string, number>();

  add({ mapped, unmapped }: Pick<MappedRecord, "mapped" | "unmapped">): void {
    for (const each of mapped) count(this.#mapped, each);
    for (const { from, why } of unmapped) count(this.#unmapped, JSON.stringify([from, why]));
  }

  report(): MappingReport {
    return {
      mapped: [...this.#mapped].map(([text, times]) => {
        const [from = "", to = ""] = text.split(" → ", 2);
        return { from, to, count: times };
      }),
      unmapped: [...this.#unmapped].map(([text, times]) => {
        const [from, why] = JSON.parse(text) as [string, string];
        return { from, why, count: times };
      }),
    };
  }
}

function count(counts: Map<string, number>, key: string): void {
  const before = counts.get(key);
  if (before === undefined && counts.size >= mostNamed) return;
  counts.set(key, (before ?? 0) + 1);
}

/**
 * The row that a record of another platform becomes. Secrets that it brings along are sealed here,
 * for the place where the device's credential will be.
 * @returns undefined when the record is left out
 * @throws KeyMissing when nothing can be sealed
 */
export function importRow(
  source: SourceRecord,
  mapped: MappedRecord,
  ctx: Pick<Context, "tenantId" | "keyring">,
): BatchEntry | undefined {
  const { line } = source;
  const problems = [source.problem, mapped.problem].filter((each) => each !== undefined);
  const { row } = mapped;
  if (row === undefined) {
    if (problems.length === 0) return undefined;
    return { line, deviceId: "", name: "", serial: "", data: {}, csrPem: null, problems };
  }
  if (!isDeviceId(row.deviceId)) problems.push(`deviceId: ${deviceIdRule}`);
  const credentials = credentialsOf(row.secrets ?? {}, ctx);
  return {
    line,
    deviceId: row.deviceId,
    name: row.name === "" ? row.deviceId : row.name,
    serial: row.serial,
    data: { ...row.data, ...(credentials.length > 0 && { credentials }) },
    csrPem: row.csrPem ?? null,
    problems,
  };
}

function credentialsOf(
  secrets: ImportSecrets,
  ctx: Pick<Context, "tenantId" | "keyring">,
): readonly RowCredential[] {
  const found: RowCredential[] = [];
  if (secrets.sasPrimary !== undefined) {
    found.push(sasCredential(ctx, "sas-primary", Buffer.from(secrets.sasPrimary, "base64")));
  }
  if (secrets.sasSecondary !== undefined) {
    found.push(sasCredential(ctx, "sas-secondary", Buffer.from(secrets.sasSecondary, "base64")));
  }
  if (secrets.token !== undefined) {
    const hash = createHash("sha256").update(secrets.token).digest("base64");
    found.push({ id: randomUUID(), kind: "token", hash });
  }
  return found;
}

/**
 * A SAS key as its credential will keep it.
 * @throws KeyMissing when nothing can be sealed
 */
export function sasCredential(
  { tenantId, keyring }: Pick<Context, "tenantId" | "keyring">,
  kind: "sas-primary" | "sas-secondary",
  key: Buffer,
): RowCredential {
  const id = randomUUID();
  const place: SealedPlace = { table: "device_credential", column: "sealed_key", tenantId, id };
  return { id, kind, sealed: Buffer.from(keyring.seal(place, key)).toString("base64") };
}
