"use server";
import { createServiceClient } from "#server/services/service-client/create.ts";
import { removeServiceClient } from "#server/services/service-client/remove.ts";
import { resumeServiceClient } from "#server/services/service-client/resume.ts";
import { revokePassword } from "#server/services/service-client/revoke-password.ts";
import { rotatePassword } from "#server/services/service-client/rotate-password.ts";
import { suspendServiceClient } from "#server/services/service-client/suspend.ts";
import { updateGrants } from "#server/services/service-client/update-grants.ts";
import { defineAction } from "#server/web/action.ts";

export const create = defineAction(createServiceClient);
export const saveGrants = defineAction(updateGrants);
export const rotate = defineAction(rotatePassword);
export const revoke = defineAction(revokePassword);
export const suspend = defineAction(suspendServiceClient);
export const resume = defineAction(resumeServiceClient);
export const remove = defineAction(removeServiceClient);
