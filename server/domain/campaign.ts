import type { z } from "zod";
import type { campaignTarget, campaignWave, keptWave } from "#server/domain/campaign-schema.ts";

export const campaignStates = [
  "draft",
  "running",
  "paused",
  "halted",
  "done",
  "cancelled",
] as const;
export type CampaignState = (typeof campaignStates)[number];

/**
 * waiting: not asked yet. asked: told to renew. issued: has its new certificate and has not connected
 * with it. renewed: has. failed: the patience was over, or it cannot any more. skipped: was not asked,
 * or is no matter of the campaign any more.
 */
export const campaignDeviceStates = [
  "waiting",
  "asked",
  "issued",
  "renewed",
  "failed",
  "skipped",
] as const;
export type CampaignDeviceState = (typeof campaignDeviceStates)[number];

/** Most certificates that are named one by one. */
export const mostNamedCertificates = 10_000;

/** Which devices: those whose certificate in use fits everything that is said. */
export type CampaignTarget = z.output<typeof campaignTarget>;

/** A wave as people plan it. */
export type CampaignWave = z.output<typeof campaignWave>;

/** A wave as it is kept: with what became of it. */
export type KeptWave = z.output<typeof keptWave>;

/** One in a hundred, one in ten, all. */
export const defaultWaves: readonly CampaignWave[] = [
  { percent: 1, haltAtFailedPercent: 10, minDonePercent: 80, soakMinutes: 60 },
  { percent: 10, haltAtFailedPercent: 10, minDonePercent: 80, soakMinutes: 240 },
  { percent: 100, haltAtFailedPercent: 10, minDonePercent: 0, soakMinutes: 0 },
];

export const defaultPerMinute = 60;
export const defaultPatienceDays = 7;

/**
 * Where each wave ends when the devices stand in a row: the number of devices up to its end. Grows or
 * stays; the last is all of them. A wave of a share has a device at least, while there are any left.
 */
export function waveBounds(
  waves: readonly Pick<CampaignWave, "percent" | "count">[],
  total: number,
): readonly number[] {
  let last = 0;
  return waves.map(({ percent, count }, index) => {
    const wanted = count ?? Math.ceil((total * (percent ?? 100)) / 100);
    last = index === waves.length - 1 ? total : Math.min(total, Math.max(last, wanted));
    return last;
  });
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * When a device of a wave that was asked and has not renewed counts as failed: days after the whole
 * wave was asked at its rate.
 */
export function patienceEndsAt(of: {
  readonly startedAt: Date;
  readonly size: number;
  readonly perMinute: number;
  readonly patienceDays: number;
}): Date {
  const askingMs = Math.ceil(of.size / of.perMinute) * minuteMs;
  return new Date(of.startedAt.getTime() + askingMs + of.patienceDays * dayMs);
}

/**
 * When a device that is connected is asked again: `stays` after the last time while it stays connected,
 * `cameBack` after it has come back since, because it may have missed it. Each time later than before.
 */
export const askAgain = {
  stays: { firstSeconds: 600, factor: 4 },
  cameBack: { firstSeconds: 10, factor: 2 },
  mostSeconds: 86_400,
} as const;

/** Seconds that pass before it is asked again when it was asked so often. */
export function askAgainSeconds(
  asks: number,
  { cameBack }: { readonly cameBack: boolean },
): number {
  const { firstSeconds, factor } = cameBack ? askAgain.cameBack : askAgain.stays;
  return Math.min(askAgain.mostSeconds, firstSeconds * factor ** Math.max(0, asks - 1));
}

type Choice = { readonly value: string; readonly name: string };

/** What a target can name, each with what people call it. */
export type CampaignChoices = {
  /** By fingerprint. */
  readonly issuers: readonly Choice[];
  /** By id. */
  readonly profiles: readonly Choice[];
  readonly tags: readonly string[];
  readonly keyAlgorithms: readonly string[];
};
