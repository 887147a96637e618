"use server";
import { releaseCertificate } from "#server/services/certificate/release.ts";
import { revokeManyCertificates } from "#server/services/certificate/revoke-many.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { suspendCertificate } from "#server/services/certificate/suspend.ts";
import { defineAction } from "#server/web/action.ts";

export const revoke = defineAction(revokeCertificate);
export const revokeMany = defineAction(revokeManyCertificates);
export const suspend = defineAction(suspendCertificate);
export const release = defineAction(releaseCertificate);
