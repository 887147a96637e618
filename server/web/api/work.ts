import { z } from "zod";
import { bulkDeviceStates, workStates } from "#server/domain/bulk-action.ts";
import { bulkActionSchema } from "#server/domain/bulk-action-schema.ts";
import { exportFormats } from "#server/domain/export-request.ts";
import { presences } from "#server/domain/presence.ts";
import { telemetryLevels } from "#server/domain/telemetry-query.ts";
import { cancelBulkJob } from "#server/services/bulk/cancel.ts";
import { createBulkJob } from "#server/services/bulk/create.ts";
import { bulkImpact } from "#server/services/bulk/impact.ts";
import { listBulkJobDevices } from "#server/services/bulk/list-devices.ts";
import { listBulkJobs } from "#server/services/bulk/list.ts";
import { bulkReport } from "#server/services/bulk/report.ts";
import { bulkJobRefSchema } from "#server/services/bulk/schemas.ts";
import { showBulkJob } from "#server/services/bulk/show.ts";
import { cancelExport } from "#server/services/export/cancel.ts";
import { createExport } from "#server/services/export/create.ts";
import { downloadExport } from "#server/services/export/download.ts";
import { listExports } from "#server/services/export/list.ts";
import { exportRefSchema } from "#server/services/export/schemas.ts";
import { showExport } from "#server/services/export/show.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";

const instant = z.iso.datetime();
const tag = "Bulk changes and exports";

const bulkJob = z.object({
  id: z.uuid(),
  action: bulkActionSchema,
  profileName: z.string().nullable().describe("Of set_profile"),
  reason: z.string(),
  state: z.enum(workStates),
  total: z.int(),
  done: z.int().describe("Devices that were changed"),
  unchanged: z.int().describe("Left as they were: nothing had to be changed, or they were skipped"),
  failed: z.int(),
  error: z.string().describe("Why it waits or has ended, in words"),
  ratePerSecond: z.number().nullable(),
  secondsLeft: z.int().nullable(),
  isOrphaned: z.boolean().describe("It should run, and no worker has it at the moment"),
  createdAt: instant,
  createdBy: z.string(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  cancelledBy: z.string().nullable(),
});

const bulkCounts = z.object({
  waiting: z.int(),
  done: z.int(),
  unchanged: z.int(),
  failed: z.int(),
  skipped: z.int(),
});

const exportView = z.object({
  id: z.uuid(),
  name: z.string(),
  format: z.enum(exportFormats),
  kind: z.enum(["telemetry", "devices"]),
  telemetry: z
    .object({
      metrics: z.array(z.string()).describe("None: every field of the devices' schemas"),
      from: instant,
      to: instant,
      level: z.enum(telemetryLevels),
    })
    .nullable(),
  state: z.enum(workStates),
  done: z.int().describe("Devices that are through"),
  total: z.int(),
  rows: z.int(),
  bytes: z.int(),
  sha256: z.string().describe("Of the file; empty until it is whole"),
  error: z.string(),
  rowsPerSecond: z.number().nullable(),
  secondsLeft: z.int().nullable(),
  isOrphaned: z.boolean(),
  createdAt: instant,
  createdBy: z.string(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  expiresAt: instant.nullable().describe("When the file is deleted"),
  isExpired: z.boolean(),
  downloads: z.int(),
});

export const listBulkJobsRoute = {
  method: "get",
  path: "/bulk-jobs",
  tag,
  summary: "List changes of many devices, the newest first",
  operation: listBulkJobs,
  request: listBulkJobs.input,
  response: z.object({ jobs: z.array(bulkJob), next: z.string().nullable() }),
} as const;

export const createBulkJobRoute = {
  method: "post",
  path: "/bulk-jobs",
  tag,
  summary: "Begin a change of many devices; which they are is written down now",
  operation: createBulkJob,
  request: createBulkJob.input,
  response: bulkJob,
  status: 202,
} as const;

export const bulkImpactRoute = {
  method: "post",
  path: "/bulk-impact",
  tag,
  summary: "Say how far changing a selection of devices would reach; nothing is changed",
  operation: bulkImpact,
  request: bulkImpact.input,
  response: z.object({
    devices: z.int(),
    isTooMany: z.boolean().describe("More than one job takes"),
    connected: z.int(),
    presences: z.array(z.object({ presence: z.enum(presences), devices: z.int() })),
    profiles: z.array(z.object({ name: z.string(), devices: z.int() })),
    otherProfiles: z.int(),
    children: z.int().describe("Devices behind them that are not selected themselves"),
    certificates: z.int().describe("Certificates that count"),
    credentials: z.int().describe("Passwords and keys that count"),
    readingsLastDay: z.int(),
    isEstimate: z.boolean().describe("Readings were counted of 200 devices"),
    reach: z.object({
      groups: z.array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          hasMembers: z.boolean().describe("Some of the devices belong to it"),
          asks: z
            .object({
              presence: z.boolean(),
              profile: z.boolean(),
              place: z.boolean(),
              tags: z.array(z.string()),
            })
            .describe("What of a device its filter asks for"),
        }),
      ),
      groupsAskedOf: z.int().describe("Groups were asked about so many of the devices"),
      dashboards: z.array(
        z.object({
          id: z.uuid(),
          name: z.string().nullable().describe("Null: somebody's private one"),
        }),
      ),
      otherDashboards: z.int(),
      isPartial: z.boolean().describe("There are more than are looked through"),
    }),
  }),
} as const;

export const showBulkJobRoute = {
  method: "get",
  path: "/bulk-jobs/{jobId}",
  tag,
  summary: "Show a change of many devices and how far it is",
  operation: showBulkJob,
  request: bulkJobRefSchema,
  response: bulkJob.extend({ counts: bulkCounts }),
} as const;

export const cancelBulkJobRoute = {
  method: "post",
  path: "/bulk-jobs/{jobId}/cancel",
  tag,
  summary: "End a change of many devices; what was changed stays changed",
  operation: cancelBulkJob,
  request: bulkJobRefSchema,
  response: bulkJob,
} as const;

export const listBulkJobDevicesRoute = {
  method: "get",
  path: "/bulk-jobs/{jobId}/devices",
  tag,
  summary: "List what became of each device of a change",
  operation: listBulkJobDevices,
  request: listBulkJobDevices.input,
  response: z.object({
    devices: z.array(
      z.object({
        id: z.uuid(),
        deviceId: z.string().nullable().describe("Null when it is not here any more"),
        name: z.string().nullable(),
        state: z.enum(bulkDeviceStates),
        detail: z.string(),
        finishedAt: instant.nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
} as const;

const bulkReportRoute = {
  method: "get",
  path: "/bulk-jobs/{jobId}/report",
  tag,
  summary: "Download what became of each device of a change",
  operation: bulkReport,
  request: bulkJobRefSchema,
  response: z.string(),
  media: { answer: "text/csv" },
} as const;

export const listExportsRoute = {
  method: "get",
  path: "/exports",
  tag,
  summary: "List exports, the newest first",
  operation: listExports,
  request: listExports.input,
  response: z.object({ exports: z.array(exportView), next: z.string().nullable() }),
} as const;

export const createExportRoute = {
  method: "post",
  path: "/exports",
  tag,
  summary: "Ask for telemetry or devices as a file, which a worker writes",
  operation: createExport,
  request: createExport.input,
  response: exportView,
  status: 202,
} as const;

export const showExportRoute = {
  method: "get",
  path: "/exports/{exportId}",
  tag,
  summary: "Show an export and how far it is",
  operation: showExport,
  request: exportRefSchema,
  response: exportView,
} as const;

export const cancelExportRoute = {
  method: "post",
  path: "/exports/{exportId}/cancel",
  tag,
  summary: "End an export, or delete its file before its time",
  operation: cancelExport,
  request: exportRefSchema,
  response: exportView,
} as const;

const exportFileRoute = {
  method: "get",
  path: "/exports/{exportId}/file",
  tag,
  summary: "Download the file of an export; each time is recorded",
  operation: downloadExport,
  request: exportRefSchema,
  response: z.string(),
  media: { answer: "application/octet-stream" },
} as const;

/** Changes of many devices and exports, in the order of the document. */
export const workRoutes: readonly AnyApiRoute[] = [
  listBulkJobsRoute,
  createBulkJobRoute,
  bulkImpactRoute,
  showBulkJobRoute,
  cancelBulkJobRoute,
  listBulkJobDevicesRoute,
  bulkReportRoute,
  listExportsRoute,
  createExportRoute,
  showExportRoute,
  cancelExportRoute,
  exportFileRoute,
];
