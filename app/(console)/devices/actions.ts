"use server";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createDevice } from "#server/services/device/create.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { resumeDevice } from "#server/services/device/resume.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { defineAction } from "#server/web/action.ts";

export const registerDevice = defineAction(createDevice);
export const suspend = defineAction(suspendDevice);
export const resume = defineAction(resumeDevice);
export const decommission = defineAction(decommissionDevice);
export const issueForRequest = defineAction(issueCertificate);
export const issueKeyAndCertificate = defineAction(issueWithKey);
export const revoke = defineAction(revokeCertificate);
export const makePassword = defineAction(createPassword);
