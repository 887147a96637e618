"use server";
import { approveBatch } from "#server/services/batch/approve.ts";
import { cancelBatch } from "#server/services/batch/cancel.ts";
import { openBatch } from "#server/services/batch/open.ts";
import { rejectBatch } from "#server/services/batch/reject.ts";
import { startBatch } from "#server/services/batch/start.ts";
import { defineAction } from "#server/web/action.ts";

export const open = defineAction(openBatch);
export const start = defineAction(startBatch);
export const cancel = defineAction(cancelBatch);
export const approve = defineAction(approveBatch);
export const reject = defineAction(rejectBatch);
