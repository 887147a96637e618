import { setTimeout as sleep } from "node:timers/promises";
import {
  claimCampaigns,
  releaseCampaigns,
  type ClaimedCampaign,
} from "#server/db/campaign-work.ts";
import type { CampaignParts } from "#server/jobs/campaigns/parts.ts";
import { stepCampaign } from "#server/jobs/campaigns/step.ts";

/** A step is this far from the one before it, or farther. */
const stepEveryMs = 1_000;
/** A large campaign is settled for so many times as long as that takes, at most. */
const restTimes = 4;
/** The lease is longer. */
const mostRestMs = 5_000;

export type RunningCampaigns = {
  /** Somebody started one, or let it go on. */
  wake(): void;
  /** Ends after the step at work; another worker goes on. */
  stop(): Promise<void>;
};

/** Runs the rotation campaigns that no other worker runs. */
export function startCampaigns(parts: CampaignParts): RunningCampaigns {
  const stopping = new AbortController();
  const { signal } = stopping;
  let nap = new AbortController();
  const rest = async (milliseconds: number): Promise<void> => {
    nap = new AbortController();
    const until = AbortSignal.any([signal, nap.signal]);
    await sleep(milliseconds, undefined, { signal: until, ref: false }).catch(() => undefined);
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const startedAt = performance.now();
      for (const campaign of await claim(parts)) {
        if (signal.aborted) break;
        await step(parts, campaign);
      }
      const tookMs = performance.now() - startedAt;
      await rest(Math.min(mostRestMs, Math.max(stepEveryMs, tookMs * restTimes)));
    }
  };
  const looping = loop();
  return {
    wake: () => nap.abort(),
    stop: async () => {
      stopping.abort();
      await looping;
      await releaseCampaigns(parts.db, parts.workerId).catch(() => undefined);
    },
  };
}

/** What fails is tried again at the next step; the other campaigns go on. */
async function step(parts: CampaignParts, campaign: ClaimedCampaign): Promise<void> {
  try {
    await stepCampaign(parts, campaign);
  } catch (error) {
    parts.log.error({ event: "campaign.waits", campaign: campaign.id, err: error });
  }
}

async function claim({ db, workerId, log }: CampaignParts): Promise<readonly ClaimedCampaign[]> {
  try {
    return await claimCampaigns(db, workerId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ event: "campaign.waits", reason });
    return [];
  }
}
