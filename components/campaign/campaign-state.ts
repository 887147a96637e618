import type { SharePart } from "#components/charts/share-bar.tsx";
import { campaignText } from "#components/strings/campaign.ts";
import type { Tone } from "#components/ui/badge.tsx";
import {
  campaignDeviceStates,
  type CampaignDeviceState,
  type CampaignState,
} from "#server/domain/campaign.ts";
import type { WaveCounts } from "#server/domain/campaign-step.ts";

/** How a state of a campaign looks beside its word. */
export const campaignTones: Readonly<Record<CampaignState, Tone>> = {
  draft: "idle",
  running: "accent",
  paused: "warn",
  halted: "bad",
  done: "ok",
  cancelled: "idle",
};

/** How a state of one of its devices looks beside its word. */
export const deviceTones: Readonly<Record<CampaignDeviceState, Tone>> = {
  waiting: "idle",
  asked: "warn",
  issued: "accent",
  renewed: "ok",
  failed: "bad",
  skipped: "idle",
};

/** From what is good to what is left. */
const order: readonly CampaignDeviceState[] = [
  "renewed",
  "issued",
  "asked",
  "waiting",
  "failed",
  "skipped",
];

/** Counts as parts of one bar. */
export function partsOf(counts: WaveCounts): readonly SharePart[] {
  return order.map((state) => ({
    id: state,
    label: campaignText.deviceStates[state],
    value: counts[state],
    tone: state === "waiting" ? "none" : state === "skipped" ? "dim" : deviceTones[state],
  }));
}

/** A state that a filter names, if it is one. */
export function stateNamed(text: string): CampaignDeviceState | undefined {
  return campaignDeviceStates.find((state) => state === text);
}
