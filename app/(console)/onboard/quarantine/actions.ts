"use server";
import { approveDevice } from "#server/services/device/approve.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { defineAction } from "#server/web/action.ts";

export const approve = defineAction(approveDevice);
export const suspend = defineAction(suspendDevice);
