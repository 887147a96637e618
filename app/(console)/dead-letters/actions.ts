"use server";
import { assignDeadLetterGroup } from "#server/services/dead-letter/assign-group.ts";
import { cancelDeadLetterRun } from "#server/services/dead-letter/cancel-run.ts";
import { setDeadLetterRetention } from "#server/services/dead-letter/set-retention.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import { defineAction } from "#server/web/action.ts";

export const start = defineAction(startDeadLetterRun);
export const cancel = defineAction(cancelDeadLetterRun);
export const assign = defineAction(assignDeadLetterGroup);
export const keepFor = defineAction(setDeadLetterRetention);
