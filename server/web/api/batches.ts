import { z } from "zod";
import { batchOptions } from "#server/domain/device-batch-schema.ts";
import { approveBatch } from "#server/services/batch/approve.ts";
import { batchBundle } from "#server/services/batch/bundle.ts";
import { cancelBatch } from "#server/services/batch/cancel.ts";
import { batchLabels } from "#server/services/batch/labels.ts";
import { listBatchRows } from "#server/services/batch/list-rows.ts";
import { listBatches } from "#server/services/batch/list.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { receiveManifest } from "#server/services/batch/receive.ts";
import { rejectBatch } from "#server/services/batch/reject.ts";
import { rememberedMapping } from "#server/services/batch/remembered-mapping.ts";
import { batchReport } from "#server/services/batch/report.ts";
import { batchRefSchema, bundleSchema } from "#server/services/batch/schemas.ts";
import { batchSources } from "#server/domain/device-batch.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { startBatch } from "#server/services/batch/start.ts";

const instant = z.iso.datetime();
const tag = "Batches";

const batch = z.object({
  id: z.uuid(),
  name: z.string(),
  source: z.enum(batchSources),
  state: z.enum([
    "receiving",
    "checking",
    "refused",
    "ready",
    "creating",
    "sampling",
    "approved",
    "rejected",
    "cancelled",
    "failed",
  ]),
  profileId: z.uuid(),
  profileName: z.string(),
  options: batchOptions,
  fileName: z.string(),
  fileSha256: z.string(),
  report: z.object({
    mapped: z.array(z.object({ from: z.string(), to: z.string(), count: z.int() })),
    unmapped: z.array(z.object({ from: z.string(), why: z.string(), count: z.int() })),
  }),
  total: z.int().describe("Rows of the file"),
  done: z.int().describe("Rows that passed the step at work"),
  bad: z.int().describe("Rows with a problem"),
  sampleSize: z.int().describe("Devices that must have connected before it can be approved"),
  sampled: z.int().describe("Distinct devices of it that have connected"),
  createdAt: instant,
  createdBy: z.string(),
  startedAt: instant.nullable(),
  startedBy: z.string().nullable(),
  finishedAt: instant.nullable(),
  decidedAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  reason: z.string(),
  error: z.string(),
  ratePerSecond: z.int().nullable(),
  remainingSeconds: z.int().nullable(),
  bundle: z.enum(["none", "ready", "handed_out"]),
  lettersKept: z.int().describe("Messages that its devices sent in quarantine"),
  warnings: z.array(z.string()),
});

export const listBatchesRoute = {
  method: "get",
  path: "/batches",
  tag,
  summary: "List batches of devices, the newest first",
  operation: listBatches,
  request: listBatches.input,
  response: z.object({ batches: z.array(batch), next: z.string().nullable() }),
} as const;

export const openBatchRoute = {
  method: "post",
  path: "/batches",
  tag,
  summary: "Open a batch for a file that is sent next",
  operation: openBatch,
  request: openBatch.input,
  response: z.object({ batchId: z.uuid() }),
  status: 201,
} as const;

export const showBatchRoute = {
  method: "get",
  path: "/batches/{batchId}",
  tag,
  summary: "Show a batch and how far it is",
  operation: showBatch,
  request: batchRefSchema,
  response: batch,
} as const;

export const sendManifestRoute = {
  method: "put",
  path: "/batches/{batchId}/manifest",
  tag,
  summary:
    "Send the file of a batch as CSV, a JSON array (application/json) or NDJSON (application/x-ndjson), in UTF-8, at most 100000 rows and 512 MB",
  operation: receiveManifest,
  request: batchRefSchema.extend({ file: z.string() }),
  response: batch,
  media: { body: "text/csv" },
} as const;

export const listBatchRowsRoute = {
  method: "get",
  path: "/batches/{batchId}/rows",
  tag,
  summary: "List the rows of a batch with their problems, in the order of the file",
  operation: listBatchRows,
  request: listBatchRows.input,
  response: z.object({
    rows: z.array(
      z.object({
        line: z.int(),
        deviceId: z.string(),
        name: z.string(),
        serial: z.string(),
        problems: z.array(z.string()),
        connectedAt: instant.nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
} as const;

export const batchReportRoute = {
  method: "get",
  path: "/batches/{batchId}/report",
  tag,
  summary: "Download the rows of a batch that cannot be used, with line and reason",
  operation: batchReport,
  request: batchRefSchema,
  response: z.string(),
  media: { answer: "text/csv" },
} as const;

export const startBatchRoute = {
  method: "post",
  path: "/batches/{batchId}/start",
  tag,
  summary: "Have the devices of a checked batch created: all of them or none",
  operation: startBatch,
  request: startBatch.input,
  response: batch,
  status: 202,
} as const;

export const cancelBatchRoute = {
  method: "post",
  path: "/batches/{batchId}/cancel",
  tag,
  summary: "End a batch before its devices exist",
  operation: cancelBatch,
  request: cancelBatch.input,
  response: batch,
} as const;

export const approveBatchRoute = {
  method: "post",
  path: "/batches/{batchId}/approve",
  tag,
  summary: "Let the devices of a batch out of quarantine; not for whoever started it",
  operation: approveBatch,
  request: approveBatch.input,
  response: batch,
} as const;

export const rejectBatchRoute = {
  method: "post",
  path: "/batches/{batchId}/reject",
  tag,
  summary: "Decommission the devices of a batch and revoke what they prove themselves by",
  operation: rejectBatch,
  request: rejectBatch.input,
  response: batch,
} as const;

export const batchBundleRoute = {
  method: "post",
  path: "/batches/{batchId}/bundle",
  tag,
  summary:
    "Download certificates and keys of a batch as a ZIP file encrypted with AES-256; keys that were made here are handed out once",
  operation: batchBundle,
  request: bundleSchema,
  response: z.string(),
  media: { answer: "application/zip" },
} as const;

export const batchLabelsRoute = {
  method: "get",
  path: "/batches/{batchId}/labels",
  tag,
  summary: "Download labels with QR codes for the devices of a batch, on A4 sheets",
  operation: batchLabels,
  request: batchRefSchema,
  response: z.string(),
  media: { answer: "application/pdf" },
} as const;

export const rememberedMappingRoute = {
  method: "post",
  path: "/batch-mappings",
  tag,
  summary: "Say how the columns of a file were mapped the last time, or probably are",
  operation: rememberedMapping,
  request: rememberedMapping.input,
  response: z.object({ mapping: z.record(z.string(), z.string()), remembered: z.boolean() }),
} as const;
