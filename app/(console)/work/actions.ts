"use server";
import { cancelBulkJob } from "#server/services/bulk/cancel.ts";
import { createBulkJob } from "#server/services/bulk/create.ts";
import { cancelExport } from "#server/services/export/cancel.ts";
import { createExport } from "#server/services/export/create.ts";
import { defineAction } from "#server/web/action.ts";

export const changeInBulk = defineAction(createBulkJob);
export const cancelChange = defineAction(cancelBulkJob);
export const beginExport = defineAction(createExport);
export const endExport = defineAction(cancelExport);
