import { z } from "zod";
import {
  campaignDeviceStates,
  defaultPatienceDays,
  defaultPerMinute,
  defaultWaves,
} from "#server/domain/campaign.ts";
import {
  campaignTarget,
  campaignWaves,
  patienceDays,
  perMinute,
} from "#server/domain/campaign-schema.ts";

const campaignId = z.uuid("This is no campaign's id.");
const cursor = z.string().max(128).optional().describe("`next` of the page before");
const limit = z.coerce.number().int().min(1).max(200, "must be at most 200").default(50);

const name = z
  .string()
  .trim()
  .min(1, "Give the campaign a name.")
  .max(120, "At most 120 characters.")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text.");

const reason = z
  .string()
  .trim()
  .max(500, "A reason has at most 500 characters.")
  .describe("Why the devices renew, for whoever reads the report");

export const campaignRefSchema = z.object({ campaignId });

export const previewCampaignSchema = z.object({ target: campaignTarget });

export const createCampaignSchema = z.object({
  name,
  reason: reason.default(""),
  target: campaignTarget,
  waves: campaignWaves.default([...defaultWaves]),
  perMinute: perMinute.default(defaultPerMinute),
  patienceDays: patienceDays.default(defaultPatienceDays),
});

const revision = z
  .int()
  .min(1)
  .describe("As it was read: a change that somebody made since refuses this one");

export const changeCampaignSchema = z.object({
  campaignId,
  revision,
  name: name.optional(),
  reason: reason.optional(),
  waves: campaignWaves.optional().describe("Waves that have begun keep their size"),
  perMinute: perMinute.optional(),
  patienceDays: patienceDays.optional(),
});

export const startCampaignSchema = z.object({ campaignId, revision: revision.optional() });

export const resumeCampaignSchema = z.object({
  campaignId,
  retryFailed: z
    .boolean()
    .default(false)
    .describe("Asks the devices that failed again; otherwise their failures do not halt it again"),
});

export const cancelCampaignSchema = z.object({
  campaignId,
  reason: z.string().trim().max(500, "A reason has at most 500 characters.").default(""),
});

export const listCampaignsSchema = z.object({ cursor, limit });

export const listCampaignDevicesSchema = z.object({
  campaignId,
  state: z
    .enum([...campaignDeviceStates, "open"])
    .optional()
    .describe("`open`: not ended yet"),
  cursor,
  limit,
});

export type CreateCampaignInput = z.input<typeof createCampaignSchema>;
