"use server";
import { exportRoot } from "#server/services/authority/export-root.ts";
import { importIssuing } from "#server/services/authority/import-issuing.ts";
import { removeRoot } from "#server/services/authority/remove-root.ts";
import { renewIssuing } from "#server/services/authority/renew-issuing.ts";
import { requestIssuing } from "#server/services/authority/request-issuing.ts";
import { retireIssuing } from "#server/services/authority/retire-issuing.ts";
import { defineAction } from "#server/web/action.ts";

export const renew = defineAction(renewIssuing);
export const request = defineAction(requestIssuing);
export const bring = defineAction(importIssuing);
export const exportRootKey = defineAction(exportRoot);
export const removeRootKey = defineAction(removeRoot);
export const retire = defineAction(retireIssuing);
