"use server";
import { cancelCampaign } from "#server/services/campaign/cancel.ts";
import { changeCampaign } from "#server/services/campaign/change.ts";
import { createCampaign } from "#server/services/campaign/create.ts";
import { pauseCampaign } from "#server/services/campaign/pause.ts";
import { resumeCampaign } from "#server/services/campaign/resume.ts";
import { startCampaign } from "#server/services/campaign/start.ts";
import { defineAction } from "#server/web/action.ts";

export const create = defineAction(createCampaign);
export const change = defineAction(changeCampaign);
export const start = defineAction(startCampaign);
export const pause = defineAction(pauseCampaign);
export const resume = defineAction(resumeCampaign);
export const cancel = defineAction(cancelCampaign);
