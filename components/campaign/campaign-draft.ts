import {
  defaultPatienceDays,
  defaultPerMinute,
  defaultWaves,
  type CampaignTarget,
  type CampaignWave,
} from "#server/domain/campaign.ts";

/** A wave as it is typed: numbers are judged by the server. */
export type WaveDraft = {
  /** Of the row, for as long as the form is open. */
  readonly key: number;
  readonly unit: "percent" | "count";
  readonly size: string;
  readonly halt: string;
  readonly minDone: string;
  readonly soak: string;
};

/** When and how fast devices are asked. */
export type PlanDraft = {
  readonly waves: readonly WaveDraft[];
  readonly perMinute: string;
  readonly patienceDays: string;
};

/** Which devices. */
export type TargetDraft = {
  readonly name: string;
  readonly reason: string;
  /** Empty texts: any. */
  readonly issuer: string;
  readonly profile: string;
  readonly tags: string;
  /** `YYYY-MM-DD` */
  readonly endsBefore: string;
  readonly keyAlgorithm: string;
  readonly certificateIds: readonly string[];
};

/** Waves as they are kept, for a form. */
export function draftOfWaves(waves: readonly CampaignWave[]): readonly WaveDraft[] {
  return waves.map((wave, key) => ({
    key,
    unit: wave.count === undefined ? "percent" : "count",
    size: String(wave.count ?? wave.percent ?? 100),
    halt: String(wave.haltAtFailedPercent),
    minDone: String(wave.minDonePercent),
    soak: String(wave.soakMinutes),
  }));
}

export const usualPlan: PlanDraft = {
  waves: draftOfWaves(defaultWaves),
  perMinute: String(defaultPerMinute),
  patienceDays: String(defaultPatienceDays),
};

/** Text as a number; what is none is refused by the server, at its field. */
function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text.replace(",", "."));
}

/** What the server takes of a plan. */
export function planInput(plan: PlanDraft) {
  return {
    waves: plan.waves.map((wave) => ({
      ...(wave.unit === "percent"
        ? { percent: numberOf(wave.size) }
        : { count: numberOf(wave.size) }),
      haltAtFailedPercent: numberOf(wave.halt),
      minDonePercent: numberOf(wave.minDone),
      soakMinutes: numberOf(wave.soak),
    })),
    perMinute: numberOf(plan.perMinute),
    patienceDays: numberOf(plan.patienceDays),
  };
}

/** What the server takes of a target. */
export function targetInput(draft: TargetDraft): CampaignTarget {
  const tags = draft.tags
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  return {
    ...(draft.issuer !== "" && { issuerSha256: draft.issuer }),
    ...(draft.profile !== "" && { profileIds: [draft.profile] }),
    ...(tags.length > 0 && { tags }),
    ...(draft.endsBefore !== "" && { endsBefore: `${draft.endsBefore}T00:00:00Z` }),
    ...(draft.keyAlgorithm !== "" && { keyAlgorithm: draft.keyAlgorithm }),
    ...(draft.certificateIds.length > 0 && { certificateIds: [...draft.certificateIds] }),
  };
}

/** A wave before the last one, which takes all. */
export function withMoreWaves(waves: readonly WaveDraft[]): readonly WaveDraft[] {
  const last = waves.at(-1);
  if (last === undefined) return draftOfWaves(defaultWaves);
  const before = waves.at(-2);
  const size =
    before?.unit === "percent" ? Math.min(99, Math.max(1, Number(before.size) * 2 || 50)) : 50;
  const key = Math.max(...waves.map((wave) => wave.key)) + 1;
  const added: WaveDraft = {
    key,
    unit: "percent",
    size: String(size),
    halt: "10",
    minDone: "80",
    soak: "30",
  };
  return [...waves.slice(0, -1), added, last];
}
