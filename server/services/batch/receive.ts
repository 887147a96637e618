import { createHash, randomUUID, type Hash } from "node:crypto";
import type { DeviceBatch } from "#server/db/generated/client.ts";
import { insertBatchRows } from "#server/db/insert-batch-rows.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { ColumnMapping, MappingReport } from "#server/domain/device-batch.ts";
import { batchOptions } from "#server/domain/device-batch-schema.ts";
import { mappingProblem } from "#server/domain/column-mapping.ts";
import { mapRecord, recordsPath } from "#server/services/batch/import/map-record.ts";
import { batchTarget, findBatch, noBatch, requireState } from "#server/services/batch/internal.ts";
import { decodeText } from "#server/services/batch/manifest/decode-text.ts";
import type { BatchEntry } from "#server/services/batch/manifest/entry.ts";
import { importRow, MappingCounts } from "#server/services/batch/manifest/import-row.ts";
import { readCsv } from "#server/services/batch/manifest/read-csv.ts";
import { readJson, readNdjson } from "#server/services/batch/manifest/read-json.ts";
import { readRow } from "#server/services/batch/manifest/read-row.ts";
import type { ManifestType, SourceRecord } from "#server/services/batch/manifest/source.ts";
import { findMapping, rememberMapping } from "#server/services/batch/remembered-mapping.ts";
import { batchRefSchema, mostRows, openBatchSchema } from "#server/services/batch/schemas.ts";
import { batchSources, maxManifestBytes } from "#server/domain/device-batch.ts";
import { viewOfBatch } from "#server/services/batch/to-view.ts";
import type { BatchView } from "#server/services/batch/view.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";
import { z } from "zod";

/** Rows of one statement and one transaction. */
const atOnce = 1_000;

const beginSchema = batchRefSchema.extend({
  uploadId: z.uuid(),
  fileName: openBatchSchema.shape.fileName.optional(),
});

/** Takes the batch for one upload: what an earlier one left is deleted, and if it goes on it is refused. */
const beginUpload = defineMutation({
  name: "batch.beginUpload",
  can: "device.manage",
  input: beginSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const batch = await findBatch(tx, { tenantId, batchId: input.batchId });
    requireState(batch, ["receiving", "refused"], "Open another batch for another file.");
    await tx.deviceBatchRow.deleteMany({ where: { tenantId, batchId: batch.id } });
    const row = await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batch.id } },
      data: {
        state: "receiving",
        workerId: input.uploadId,
        fileSha256: "",
        report: {},
        total: 0,
        done: 0,
        bad: 0,
        error: "",
        finishedAt: null,
        ...(input.fileName !== undefined && { fileName: input.fileName }),
      },
    });
    return { value: row, audit: { target: batchTarget(batch.id), payload: {} } };
  },
});

const endSchema = beginSchema.extend({
  sha256: z.string(),
  rows: z.int(),
  bytes: z.int(),
  report: z.custom<MappingReport>(),
});

const endUpload = defineMutation({
  name: "batch.upload",
  can: "device.manage",
  input: endSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { batchId, uploadId, sha256, rows, bytes, report } = input;
    const batch = await findBatch(tx, { tenantId, batchId });
    if (batch.state !== "receiving" || batch.workerId !== uploadId) throw overtaken();
    const row = await tx.deviceBatch.update({
      where: { tenantId_id: { tenantId, id: batchId } },
      data: {
        state: "checking",
        workerId: null,
        leaseUntil: null,
        total: rows,
        fileSha256: sha256,
        report: report as object,
      },
    });
    return {
      value: await viewOfBatch(tx, row, ctx.now()),
      audit: { target: batchTarget(batchId), payload: { rows, bytes, sha256 } },
      control: { kind: "batch" as const, tenantId },
    };
  },
});

function overtaken(): ServiceError {
  return new ServiceError("conflict", "The file of this batch is being sent by somebody else.", {
    remedy: "Let that upload end, or send the file again: the newest one counts.",
  });
}

/**
 * Reads the file of a batch while it arrives, and has its rows checked. Neither the file nor its rows
 * stand in memory. When it ends early the batch still waits, and the file is simply sent again.
 * @throws ServiceError not_found, conflict (the batch is further, or another upload has begun),
 *   invalid (the file cannot be read, or is too large)
 */
export async function receiveManifest(
  ctx: Context,
  input: {
    readonly batchId: string;
    readonly type: ManifestType;
    readonly body: AsyncIterable<Uint8Array>;
    /** Of a file that takes the place of the one for which the batch was opened. */
    readonly fileName?: string;
  },
): Promise<BatchView> {
  const { batchId, fileName } = input;
  const uploadId = randomUUID();
  const batch = await beginUpload(ctx, { batchId, uploadId, fileName });
  const upload = new Upload(ctx, batch, uploadId);
  try {
    const { sha256, rows, bytes } = await upload.read(input);
    const report = upload.counts.report();
    return await endUpload(ctx, { batchId, uploadId, sha256, rows, bytes, report });
  } catch (error) {
    if (error instanceof ServiceError) await upload.giveUp(error);
    throw error;
  }
}

class Upload {
  readonly counts = new MappingCounts();
  readonly #ctx: Context;
  readonly #batch: DeviceBatch;
  readonly #id: string;
  readonly #hash: Hash = createHash("sha256");
  readonly #needsCsr: boolean;
  readonly #source: (typeof batchSources)[number];
  #mapping: ColumnMapping | undefined;
  #hasHeading = false;
  #bytes = 0;

  constructor(ctx: Context, batch: DeviceBatch, id: string) {
    this.#ctx = ctx;
    this.#batch = batch;
    this.#id = id;
    this.#needsCsr = batchOptions.parse(batch.options).keys === "csr";
    this.#source = z.enum(batchSources).parse(batch.source);
  }

  async read(input: {
    readonly type: ManifestType;
    readonly body: AsyncIterable<Uint8Array>;
  }): Promise<{ readonly sha256: string; readonly rows: number; readonly bytes: number }> {
    this.#hasHeading = input.type === "text/csv";
    let rows = 0;
    let chunk: BatchEntry[] = [];
    for await (const record of this.#records(input)) {
      const entry = await this.#entryOf(record);
      if (entry === undefined) continue;
      chunk.push(entry);
      rows += 1;
      if (rows > mostRows) throw tooMany();
      if (chunk.length < atOnce) continue;
      await this.#store(chunk);
      chunk = [];
    }
    if (rows === 0) throw empty();
    await this.#store(chunk);
    return { sha256: this.#hash.digest("hex"), rows, bytes: this.#bytes };
  }

  /** The batch tells why its file was not taken, and waits for another. */
  async giveUp({ message }: ServiceError): Promise<void> {
    const { tenantId } = this.#ctx;
    const { id: batchId } = this.#batch;
    await this.#transact(async (tx) => {
      const { count } = await tx.deviceBatch.updateMany({
        where: { tenantId, id: batchId, state: "receiving", workerId: this.#id },
        data: { error: message, total: 0, workerId: null },
      });
      if (count > 0) await tx.deviceBatchRow.deleteMany({ where: { tenantId, batchId } });
    });
  }

  #records(input: {
    readonly type: ManifestType;
    readonly body: AsyncIterable<Uint8Array>;
  }): AsyncGenerator<SourceRecord, void> {
    const texts = decodeText(input.body, {
      most: maxManifestBytes,
      seen: (bytes) => {
        this.#bytes += bytes.byteLength;
        this.#hash.update(bytes);
      },
    });
    switch (input.type) {
      case "text/csv":
        return readCsv(texts);
      case "application/json":
        return readJson(texts, this.#source === "manifest" ? [] : recordsPath(this.#source));
      case "application/x-ndjson":
        return readNdjson(texts);
    }
  }

  async #entryOf(record: SourceRecord): Promise<BatchEntry | undefined> {
    if (this.#source === "manifest") {
      this.#mapping ??= await this.#mappingFor(record);
      return readRow(record, { mapping: this.#mapping, needsCsr: this.#needsCsr });
    }
    const mapped = mapRecord(this.#source, record.record);
    this.counts.add(mapped);
    const entry = importRow(record, mapped, this.#ctx);
    if (entry === undefined || !this.#needsCsr) return entry && { ...entry, csrPem: null };
    if (entry.csrPem !== null || entry.problems.length > 0) return entry;
    return { ...entry, problems: ["CSR: the record has no signing request."] };
  }

  /** By what was chosen, else as the last time, else by the columns' names; chosen ones are remembered. */
  async #mappingFor({ record }: SourceRecord): Promise<ColumnMapping> {
    const { tenantId, now, actor } = this.#ctx;
    const chosen = batchOptions.parse(this.#batch.options).mapping;
    const isChosen = Object.keys(chosen).length > 0;
    const found = Object.keys(record !== null && typeof record === "object" ? record : {});
    // An object need not have all of the members.
    const columns = this.#hasHeading ? found : [...new Set([...found, ...Object.keys(chosen)])];
    return this.#transact(async (tx) => {
      const mapping = isChosen ? chosen : (await findMapping(tx, { tenantId, columns })).mapping;
      const problem = mappingProblem(mapping, columns);
      if (problem !== undefined) {
        throw new ServiceError("invalid", problem, {
          remedy: "Correct the mapping of the columns, or the heading of the file.",
        });
      }
      if (isChosen) {
        await rememberMapping(tx, { tenantId, columns, mapping, by: actorName(actor), now: now() });
      }
      return mapping;
    });
  }

  async #store(rows: readonly BatchEntry[]): Promise<void> {
    const { tenantId } = this.#ctx;
    const { id: batchId } = this.#batch;
    await this.#transact(async (tx) => {
      const { count } = await tx.deviceBatch.updateMany({
        where: { tenantId, id: batchId, state: "receiving", workerId: this.#id },
        data: { total: { increment: rows.length } },
      });
      if (count === 0) throw await this.#why();
      await insertBatchRows(tx, { tenantId, batchId, rows });
    });
  }

  async #why(): Promise<ServiceError> {
    const { tenantId } = this.#ctx;
    const found = await this.#transact((tx) =>
      tx.deviceBatch.findUnique({
        where: { tenantId_id: { tenantId, id: this.#batch.id } },
        select: { state: true },
      }),
    );
    if (found === null) return noBatch();
    if (found.state === "receiving") return overtaken();
    return new ServiceError("conflict", "The batch does not wait for a file any more.", {
      remedy: "Look at the batch: somebody cancelled it or sent another file.",
    });
  }

  #transact<T>(work: Parameters<typeof withTenant<T>>[1]): Promise<T> {
    return translateDatabaseError(() => withTenant(this.#ctx, work));
  }
}

function tooMany(): ServiceError {
  return new ServiceError(
    "invalid",
    `A batch has at most ${mostRows} devices; the file has more.`,
    {
      remedy: "Split it into several batches.",
    },
  );
}

function empty(): ServiceError {
  return new ServiceError("invalid", "The file has no rows.", {
    remedy: "Send a file with a row for each device, below a heading if it is CSV.",
  });
}
