import type { CampaignDeviceState, KeptWave } from "#server/domain/campaign.ts";

/** Devices of a wave by state. */
export type WaveCounts = Readonly<Record<CampaignDeviceState, number>>;

/** What the next step depends on. */
export type CampaignFacts = {
  readonly waves: readonly KeptWave[];
  /** The wave under way, from 0. */
  readonly wave: number;
  readonly perMinute: number;
  /** Of each wave. */
  readonly counts: readonly WaveCounts[];
  readonly askedLastMinute: number;
};

/** What a running campaign does next. */
export type NextStep =
  | { readonly kind: "halt"; readonly reason: string }
  | { readonly kind: "done" }
  | { readonly kind: "next-wave"; readonly wave: number }
  | { readonly kind: "ask"; readonly count: number }
  | { readonly kind: "wait"; readonly for: "rate" | "devices" }
  | { readonly kind: "wait"; readonly for: "soak"; readonly until: Date };

/** Steps are this far apart, or farther. */
const stepSeconds = 1;
const minuteMs = 60_000;

export const noCounts: WaveCounts = {
  waiting: 0,
  asked: 0,
  issued: 0,
  renewed: 0,
  failed: 0,
  skipped: 0,
};

export function addCounts(all: readonly WaveCounts[]): WaveCounts {
  const sum = { ...noCounts };
  for (const counts of all) {
    for (const state of Object.keys(sum) as CampaignDeviceState[]) sum[state] += counts[state];
  }
  return sum;
}

/** Devices of a wave, whatever became of them. */
export function sizeOf(counts: WaveCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Devices that something may still become of. */
export function openOf({ waiting, asked, issued }: WaveCounts): number {
  return waiting + asked + issued;
}

/** How many devices may be asked now: evenly over the minute, and no more within it than allowed. */
export function allowance({
  perMinute,
  askedLastMinute,
}: Pick<CampaignFacts, "perMinute" | "askedLastMinute">): number {
  const atOnce = Math.ceil((perMinute * stepSeconds) / 60);
  return Math.max(0, Math.min(atOnce, perMinute - askedLastMinute));
}

/** Devices by which a wave is judged: not those that were skipped, nor failures that were forgiven. */
function judged(wave: KeptWave, counts: WaveCounts): number {
  return sizeOf(counts) - counts.skipped - wave.forgiven;
}

/** Decides what a running campaign does next; the same facts give the same step. */
export function nextStep(facts: CampaignFacts, now: Date): NextStep {
  const { waves, wave, counts } = facts;
  const halted = waves.slice(0, wave + 1).flatMap((each, index) => {
    const reason = tooManyFailed(each, counts[index] ?? noCounts, index + 1);
    return reason === undefined ? [] : [reason];
  });
  const [reason] = halted;
  if (reason !== undefined) return { kind: "halt", reason };
  const isLast = wave >= waves.length - 1;
  if (isLast && openOf(addCounts(counts)) === 0) return { kind: "done" };
  if (addCounts(counts.slice(0, wave + 1)).waiting > 0) {
    const count = allowance(facts);
    return count > 0 ? { kind: "ask", count } : { kind: "wait", for: "rate" };
  }
  return isLast ? { kind: "wait", for: "devices" } : afterWave(facts, now);
}

function tooManyFailed(wave: KeptWave, counts: WaveCounts, number: number): string | undefined {
  const failed = counts.failed - wave.forgiven;
  const size = judged(wave, counts);
  if (failed <= 0 || failed * 100 < wave.haltAtFailedPercent * size) return undefined;
  return `${failed} of ${size} devices of wave ${number} failed (${percent(failed, size)}); it halts at ${wave.haltAtFailedPercent} %.`;
}

/** Everybody of the wave was asked; whether the next may begin. */
function afterWave({ waves, wave, counts }: CampaignFacts, now: Date): NextStep {
  const current = waves[wave];
  const own = counts[wave] ?? noCounts;
  const next: NextStep = { kind: "next-wave", wave: wave + 1 };
  if (current === undefined) return next;
  const size = judged(current, own);
  // A wave without anybody has nothing to show.
  if (size === 0) return next;
  if (own.renewed * 100 < current.minDonePercent * size) {
    if (openOf(own) > 0) return { kind: "wait", for: "devices" };
    const reason = `Only ${own.renewed} of ${size} devices of wave ${wave + 1} renewed (${percent(own.renewed, size)}), and no other can any more; the next wave begins at ${current.minDonePercent} %.`;
    return { kind: "halt", reason };
  }
  const startedAt = current.startedAt === undefined ? now : new Date(current.startedAt);
  const until = new Date(startedAt.getTime() + current.soakMinutes * minuteMs);
  return now < until ? { kind: "wait", for: "soak", until } : next;
}

function percent(part: number, whole: number): string {
  return `${Math.round((part * 1000) / whole) / 10} %`;
}

/** Waves after a campaign has stood still: their time goes on where it stopped. */
export function afterPause(waves: readonly KeptWave[], now: Date): readonly KeptWave[] {
  const pausedAt = waves.findLast((wave) => wave.pausedAt !== undefined)?.pausedAt;
  const stoodMs =
    pausedAt === undefined ? 0 : Math.max(0, now.getTime() - new Date(pausedAt).getTime());
  return waves.map((each) => {
    const { pausedAt: _, startedAt, ...wave } = each;
    if (startedAt === undefined) return wave;
    return {
      ...wave,
      startedAt: new Date(new Date(startedAt).getTime() + stoodMs).toISOString(),
    };
  });
}
