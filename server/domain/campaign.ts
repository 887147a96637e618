import { z } from "zod";

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
export const campaignTarget = z.strictObject({
  issuerSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "Which issuing CA? Its SHA-256 fingerprint has 64 hexadecimal digits.")
    .optional()
    .describe("Fingerprint of the CA that issued it, lower-case hex"),
  profileIds: z
    .array(z.uuid("Which profile?"))
    .min(1, "Name at least one profile, or leave it out.")
    .max(100, "At most 100 profiles.")
    .optional(),
  tags: z
    .array(z.string().trim().min(1, "A tag has at least one character.").max(64))
    .min(1, "Name at least one tag, or leave it out.")
    .max(20, "At most 20 tags.")
    .optional()
    .describe("Devices that have one of them"),
  endsBefore: z.iso
    .datetime("Give a date and a time in UTC.")
    .optional()
    .describe("Certificates that end before"),
  keyAlgorithm: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .optional()
    .describe("As the list of certificates calls it, for example `RSA 2048`"),
  certificateIds: z
    .array(z.uuid("Which certificate?"))
    .min(1, "Name at least one certificate, or leave it out.")
    .max(mostNamedCertificates, `At most ${mostNamedCertificates} certificates.`)
    .optional(),
  state: z.enum(["issued", "active", "superseded"]).optional(),
});
export type CampaignTarget = z.output<typeof campaignTarget>;

const share = z.number("Give a number of percent.").max(100, "At most 100 percent.");

const waveShape = {
  percent: share
    .gt(0, "More than 0 percent.")
    .optional()
    .describe("The wave ends when so many percent of all devices were asked; or `count`"),
  count: z
    .int("A whole number of devices.")
    .min(1, "At least one device.")
    .max(10_000_000)
    .optional()
    .describe("The wave ends when so many devices were asked, those of earlier waves included"),
  haltAtFailedPercent: share
    .gt(0, "More than 0 percent.")
    .default(10)
    .describe("Halts the campaign when so many percent of the wave failed"),
  minDonePercent: share
    .min(0, "At least 0 percent.")
    .default(80)
    .describe("The next wave begins when so many percent of the wave renewed"),
  soakMinutes: z
    .int("Whole minutes.")
    .min(0, "At least 0 minutes.")
    .max(20_160, "At most 14 days.")
    .default(30)
    .describe("The next wave begins so long after the wave began, or later"),
};

/** A wave as people plan it. */
export const campaignWave = z
  .strictObject(waveShape)
  .refine(({ percent, count }) => (percent === undefined) !== (count === undefined), {
    path: ["percent"],
    error: "Give the size of each wave as percent or as a number of devices.",
  });
export type CampaignWave = z.output<typeof campaignWave>;

/** A wave as it is kept: with what became of it. */
export const keptWave = z.object({
  ...waveShape,
  /** When it began; moved on by the time in which the campaign stood still. */
  startedAt: z.iso.datetime().optional(),
  /** Failures that somebody has seen before the campaign went on. */
  forgiven: z.int().default(0),
  /** Of the wave under way, while the campaign stands still. */
  pausedAt: z.iso.datetime().optional(),
});
export type KeptWave = z.output<typeof keptWave>;

/** The waves of a campaign, in their order. The last one takes all devices that are left. */
export const campaignWaves = z
  .array(campaignWave)
  .min(1, "Plan at least one wave.")
  .max(20, "At most 20 waves.")
  .refine((waves) => waves.at(-1)?.percent === 100, {
    error: "The last wave must take 100 percent, so that no device is left behind.",
  })
  .refine(grows, { error: "Each wave must be larger than the one before it." });

function grows(waves: readonly CampaignWave[]): boolean {
  return waves.every((wave, index) => {
    const before = waves[index - 1];
    if (before === undefined) return true;
    if (wave.percent !== undefined && before.percent !== undefined)
      return wave.percent > before.percent;
    if (wave.count !== undefined && before.count !== undefined) return wave.count > before.count;
    return true;
  });
}

/** One in a hundred, one in ten, all. */
export const defaultWaves: readonly CampaignWave[] = [
  { percent: 1, haltAtFailedPercent: 10, minDonePercent: 80, soakMinutes: 60 },
  { percent: 10, haltAtFailedPercent: 10, minDonePercent: 80, soakMinutes: 240 },
  { percent: 100, haltAtFailedPercent: 10, minDonePercent: 0, soakMinutes: 0 },
];

export const perMinute = z
  .int("A whole number of devices.")
  .min(1, "At least one device a minute.")
  .max(12_000, "At most 12000 devices a minute.")
  .describe("Devices asked a minute, at most");
export const patienceDays = z
  .int("Whole days.")
  .min(1, "At least one day.")
  .max(90, "At most 90 days.")
  .describe("Days after which a device that was asked and did not renew counts as failed");

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
