import { z } from "zod";
import { campaignDeviceStates, campaignStates } from "#server/domain/campaign.ts";
import { campaignTarget } from "#server/domain/campaign-schema.ts";
import { cancelCampaign } from "#server/services/campaign/cancel.ts";
import { changeCampaign } from "#server/services/campaign/change.ts";
import { createCampaign } from "#server/services/campaign/create.ts";
import { listCampaignDevices } from "#server/services/campaign/list-devices.ts";
import { listCampaigns } from "#server/services/campaign/list.ts";
import { pauseCampaign } from "#server/services/campaign/pause.ts";
import { previewCampaign } from "#server/services/campaign/preview.ts";
import { campaignReport } from "#server/services/campaign/report.ts";
import { resumeCampaign } from "#server/services/campaign/resume.ts";
import { campaignRefSchema } from "#server/services/campaign/schemas.ts";
import { showCampaign } from "#server/services/campaign/show.ts";
import { startCampaign } from "#server/services/campaign/start.ts";

const instant = z.iso.datetime();
const tag = "Rotation campaigns";

const counts = z.object({
  waiting: z.int().describe("Not asked yet"),
  asked: z.int().describe("Told to renew"),
  issued: z.int().describe("Have their new certificate and have not connected with it"),
  renewed: z.int(),
  failed: z.int(),
  skipped: z.int(),
});

const campaign = z.object({
  id: z.uuid(),
  name: z.string(),
  reason: z.string(),
  state: z.enum(campaignStates),
  target: campaignTarget,
  targetWords: z.array(z.string()),
  waves: z.array(
    z.object({
      percent: z.number().optional(),
      count: z.int().optional(),
      haltAtFailedPercent: z.number(),
      minDonePercent: z.number(),
      soakMinutes: z.int(),
      devices: z.int(),
      counts,
      startedAt: instant.nullable(),
    }),
  ),
  wave: z.int().describe("The wave under way, from 1; 0 before the start"),
  perMinute: z.int(),
  patienceDays: z.int(),
  total: z.int().describe("All devices of it, those that were skipped included"),
  counts,
  haltedFor: z.string().describe("Why it halted, in words"),
  waitsFor: z.enum(["rate", "devices", "soak"]).nullable(),
  waitsUntil: instant.nullable(),
  isOrphaned: z.boolean().describe("It runs, and no worker has it at the moment"),
  revision: z.int(),
  createdAt: instant,
  createdBy: z.string(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

export const listCampaignsRoute = {
  method: "get",
  path: "/campaigns",
  tag,
  summary: "List rotation campaigns, the newest first",
  operation: listCampaigns,
  request: listCampaigns.input,
  response: z.object({ campaigns: z.array(campaign), next: z.string().nullable() }),
} as const;

export const createCampaignRoute = {
  method: "post",
  path: "/campaigns",
  tag,
  summary: "Plan a rotation campaign; it asks nobody until it is started",
  operation: createCampaign,
  request: createCampaign.input,
  response: campaign,
  status: 201,
} as const;

export const previewCampaignRoute = {
  method: "post",
  path: "/campaign-preview",
  tag,
  summary: "Say what a campaign with a target would meet; nothing is changed",
  operation: previewCampaign,
  request: previewCampaign.input,
  response: z.object({
    devices: z.int(),
    taken: z.int().describe("Devices that it would take"),
    suspended: z.int(),
    busy: z.int().describe("Devices that another campaign has"),
    busyDevices: z.array(z.object({ deviceId: z.string(), campaign: z.string() })),
    connected: z.int(),
    asleep: z.int().describe("Away with a session that is kept"),
    away: z.int(),
    neverSeen: z.int(),
    noSubscription: z.int().describe("Have a session and do not hear that they are asked"),
    manual: z.int().describe("Of profiles that say that people renew"),
    underWay: z.int().describe("Have a newer certificate already that waits for its first use"),
    noOtherWay: z.int().describe("Have no password, token or key beside the certificate"),
    firstEnd: instant.nullable(),
    targetWords: z.array(z.string()),
    warnings: z.array(z.string()),
  }),
} as const;

export const showCampaignRoute = {
  method: "get",
  path: "/campaigns/{campaignId}",
  tag,
  summary: "Show a rotation campaign and how far it is",
  operation: showCampaign,
  request: campaignRefSchema,
  response: campaign,
} as const;

export const changeCampaignRoute = {
  method: "patch",
  path: "/campaigns/{campaignId}",
  tag,
  summary: "Change name, waves, rate or patience of a campaign that stands still",
  operation: changeCampaign,
  request: changeCampaign.input,
  response: campaign,
} as const;

export const startCampaignRoute = {
  method: "post",
  path: "/campaigns/{campaignId}/start",
  tag,
  summary: "Start a campaign: its devices are looked up and the first wave is asked",
  operation: startCampaign,
  request: startCampaign.input,
  response: campaign,
  status: 202,
} as const;

export const pauseCampaignRoute = {
  method: "post",
  path: "/campaigns/{campaignId}/pause",
  tag,
  summary: "Stop asking devices; those that were asked may still renew",
  operation: pauseCampaign,
  request: pauseCampaign.input,
  response: campaign,
} as const;

export const resumeCampaignRoute = {
  method: "post",
  path: "/campaigns/{campaignId}/resume",
  tag,
  summary: "Let a campaign go on that was paused or has halted",
  operation: resumeCampaign,
  request: resumeCampaign.input,
  response: campaign,
} as const;

export const cancelCampaignRoute = {
  method: "post",
  path: "/campaigns/{campaignId}/cancel",
  tag,
  summary: "End a campaign; devices that have not renewed are free for another one",
  operation: cancelCampaign,
  request: cancelCampaign.input,
  response: campaign,
} as const;

export const listCampaignDevicesRoute = {
  method: "get",
  path: "/campaigns/{campaignId}/devices",
  tag,
  summary: "List the devices of a campaign, with what keeps those that have not renewed",
  operation: listCampaignDevices,
  request: listCampaignDevices.input,
  response: z.object({
    devices: z.array(
      z.object({
        deviceId: z.string(),
        name: z.string(),
        wave: z.int(),
        state: z.enum(campaignDeviceStates),
        askedAt: instant.nullable(),
        asks: z.int(),
        finishedAt: instant.nullable(),
        detail: z.string(),
        problem: z.object({ problem: z.string(), remedy: z.string() }).nullable(),
        oldCertificateId: z.uuid(),
        newCertificateId: z.uuid().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
} as const;

export const campaignReportRoute = {
  method: "get",
  path: "/campaigns/{campaignId}/report",
  tag,
  summary: "Download what became of each device of a campaign",
  operation: campaignReport,
  request: campaignRefSchema,
  response: z.string(),
  media: { answer: "text/csv" },
} as const;
