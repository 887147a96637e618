"use server";
import { acknowledgeAlerts } from "#server/services/alert/acknowledge-many.ts";
import { acknowledgeAlert } from "#server/services/alert/acknowledge.ts";
import { checkAlertsNow } from "#server/services/alert/check.ts";
import { resolveAlert } from "#server/services/alert/resolve.ts";
import { defineAction } from "#server/web/action.ts";

export const acknowledge = defineAction(acknowledgeAlert);
export const acknowledgeMany = defineAction(acknowledgeAlerts);
export const resolve = defineAction(resolveAlert);
export const check = defineAction(checkAlertsNow);
