import { describe, expect, it } from "vitest";
import type { KeptWave } from "#server/domain/campaign.ts";
import {
  afterPause,
  allowance,
  nextStep,
  noCounts,
  type CampaignFacts,
  type WaveCounts,
} from "#server/domain/campaign-step.ts";

const start = "2026-03-01T00:00:00.000Z";
const later = (minutes: number) => new Date(new Date(start).getTime() + minutes * 60_000);

const wave = (more: Partial<KeptWave> = {}): KeptWave => ({
  percent: 10,
  haltAtFailedPercent: 20,
  minDonePercent: 50,
  soakMinutes: 30,
  startedAt: start,
  forgiven: 0,
  ...more,
});
const last = wave({ percent: 100, minDonePercent: 0, soakMinutes: 0, startedAt: undefined });
const counts = (some: Partial<WaveCounts>): WaveCounts => ({ ...noCounts, ...some });

function facts(some: {
  readonly first: Partial<WaveCounts>;
  readonly second?: Partial<WaveCounts>;
  readonly wave?: number;
  readonly own?: Partial<KeptWave>;
  readonly perMinute?: number;
  readonly askedLastMinute?: number;
}): CampaignFacts {
  return {
    waves: [wave(some.own), last],
    wave: some.wave ?? 0,
    perMinute: some.perMinute ?? 600,
    counts: [counts(some.first), counts(some.second ?? { waiting: 90 })],
    askedLastMinute: some.askedLastMinute ?? 0,
  };
}

describe("nextStep", () => {
  it.each<[string, Parameters<typeof facts>[0], number, ReturnType<typeof nextStep>]>([
    ["asks evenly", { first: { waiting: 50 } }, 0, { kind: "ask", count: 10 }],
    [
      "asks what the minute has left",
      { first: { waiting: 50 }, askedLastMinute: 597 },
      0,
      { kind: "ask", count: 3 },
    ],
    [
      "waits for the rate",
      { first: { waiting: 50 }, askedLastMinute: 600 },
      0,
      { kind: "wait", for: "rate" },
    ],
    [
      "asks one at a slow rate",
      { first: { waiting: 5 }, perMinute: 1 },
      0,
      { kind: "ask", count: 1 },
    ],
    [
      "waits for devices of the wave",
      { first: { asked: 6, renewed: 4 } },
      60,
      { kind: "wait", for: "devices" },
    ],
    [
      "waits for the time of the wave",
      { first: { asked: 5, renewed: 5 } },
      10,
      { kind: "wait", for: "soak", until: later(30) },
    ],
    [
      "begins the next wave",
      { first: { asked: 5, renewed: 5 } },
      30,
      { kind: "next-wave", wave: 1 },
    ],
    [
      "does not count who was skipped",
      { first: { asked: 2, renewed: 2, skipped: 6 } },
      30,
      { kind: "next-wave", wave: 1 },
    ],
    ["goes through an empty wave", { first: { skipped: 3 } }, 0, { kind: "next-wave", wave: 1 }],
    [
      "halts at the share that failed",
      { first: { waiting: 8, failed: 2 } },
      0,
      {
        kind: "halt",
        reason: "2 of 10 devices of wave 1 failed (20 %); it halts at 20 %.",
      },
    ],
    [
      "does not halt below it",
      { first: { asked: 9, failed: 1 } },
      0,
      { kind: "wait", for: "devices" },
    ],
    [
      "halts for late failures of an earlier wave",
      { first: { failed: 5, renewed: 5 }, wave: 1 },
      0,
      { kind: "halt", reason: "5 of 10 devices of wave 1 failed (50 %); it halts at 20 %." },
    ],
    [
      "does not halt for what was seen",
      { first: { failed: 5, renewed: 5 }, own: { forgiven: 5 } },
      30,
      { kind: "next-wave", wave: 1 },
    ],
    [
      "halts when too few can renew",
      { first: { failed: 1, renewed: 9 }, own: { minDonePercent: 95 } },
      30,
      {
        kind: "halt",
        reason:
          "Only 9 of 10 devices of wave 1 renewed (90 %), and no other can any more; the next wave begins at 95 %.",
      },
    ],
    [
      "waits for sleepers of earlier waves at the end",
      { first: { asked: 1, renewed: 9 }, second: { renewed: 90 }, wave: 1 },
      0,
      { kind: "wait", for: "devices" },
    ],
    [
      "is done",
      { first: { renewed: 10 }, second: { renewed: 80, skipped: 5, failed: 5 }, wave: 1 },
      0,
      { kind: "done" },
    ],
  ])("%s", (_, some, minutes, step) => {
    expect(nextStep(facts(some), later(minutes))).toEqual(step);
  });
});

it("the rate is never more than a minute's", () => {
  expect(allowance({ perMinute: 12_000, askedLastMinute: 0 })).toBe(200);
  expect(allowance({ perMinute: 10, askedLastMinute: 12 })).toBe(0);
});

it("time that a campaign stood still does not count", () => {
  const waves = [
    wave(),
    wave({ startedAt: later(60).toISOString(), pausedAt: later(70).toISOString() }),
  ];

  expect(
    afterPause(waves, later(100)).map(({ startedAt, pausedAt }) => [startedAt, pausedAt]),
  ).toEqual([
    [later(30).toISOString(), undefined],
    [later(90).toISOString(), undefined],
  ]);
  expect(afterPause([wave()], later(5))[0]?.startedAt).toBe(start);
});
