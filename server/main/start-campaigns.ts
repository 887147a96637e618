import { startCampaigns } from "#server/jobs/campaigns/start.ts";
import type { Stop, WorkerParts } from "#server/main/worker-parts.ts";
import { askForRenewal } from "#server/services/certificate/ask-for-renewal.ts";

/** Runs rotation campaigns, and begins at once with one that somebody starts. @returns stops it */
export function runCampaigns(parts: WorkerParts): Stop {
  const campaigns = startCampaigns({ ...parts, ask: askForRenewal });
  parts.followers.set("campaign", () => campaigns.wake());
  return () => campaigns.stop();
}
