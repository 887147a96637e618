import { z } from "zod";
import { mostNamedCertificates, type CampaignWave } from "#server/domain/campaign.ts";

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
