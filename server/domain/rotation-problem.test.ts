import { describe, expect, it } from "vitest";
import {
  rotationProblem,
  type RotationFacts,
  type RotationProblemKind,
} from "#server/domain/rotation-problem.ts";

const now = new Date("2026-11-27T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const dayMinutes = 1_440;

const healthy: RotationFacts = {
  deviceId: "pump-17",
  current: { notAfter: ago(-30 * dayMinutes), renewalDueAt: ago(-5 * dayMinutes) },
  next: null,
  asked: null,
  subscribes: true,
  connected: true,
  lastSeenAt: ago(1),
  expectedContactSeconds: 300,
  refusal: null,
  notYetValidAt: null,
  timesNotBelieved: false,
};
const due = { ...healthy, current: { ...healthy.current, renewalDueAt: ago(60) } };
const asked = (minutes: number, sessions = 1) => ({ at: ago(minutes), sessions });
const waits = (minutes: number) => ({ issuedAt: ago(minutes), waits: true });
const givenUp = (minutes: number) => ({ issuedAt: ago(minutes), waits: false });
const refusal = (minutes: number) => ({
  at: ago(minutes),
  detail: "This public key already belongs to another device.",
  remedy: "Make a key of its own for each device.",
});

describe("what keeps a rotation from its end", () => {
  const rows: readonly [what: string, facts: RotationFacts, kind: RotationProblemKind | null][] = [
    ["nothing is due", healthy, null],
    ["people renew", { ...healthy, current: { ...healthy.current, renewalDueAt: null } }, null],
    ["due, not asked yet", due, "not-asked"],
    ["due, heard nothing on which to be asked", { ...due, subscribes: false }, "no-subscription"],
    ["due and away", { ...due, connected: false, lastSeenAt: ago(20) }, "offline"],
    ["due and never here", { ...due, connected: false, lastSeenAt: null }, "offline"],
    ["due, away as it often is", { ...due, connected: false, lastSeenAt: ago(8) }, "not-asked"],
    ["asked a moment ago", { ...due, asked: asked(5) }, null],
    ["asked an hour ago", { ...due, asked: asked(60) }, "asked-no-answer"],
    ["asked by somebody before it is due", { ...healthy, asked: asked(60) }, "asked-no-answer"],
    [
      "asked when nobody heard",
      { ...due, subscribes: false, asked: asked(60, 0) },
      "no-subscription",
    ],
    ["given a certificate an hour ago", { ...due, next: waits(60) }, null],
    ["given one two days ago", { ...due, next: waits(2 * dayMinutes) }, "issued-not-used"],
    [
      "given one two days ago, and asleep since",
      { ...due, next: waits(2 * dayMinutes), connected: false, lastSeenAt: ago(2 * dayMinutes) },
      "offline",
    ],
    ["the new one was given up", { ...due, next: givenUp(2 * dayMinutes) }, "issued-not-used"],
    [
      "and it was asked again since",
      { ...due, next: givenUp(2 * dayMinutes), asked: asked(30) },
      "asked-no-answer",
    ],
    ["refused this morning", { ...due, asked: asked(90), refusal: refusal(80) }, "refused"],
    ["refused last month", { ...due, refusal: refusal(30 * dayMinutes) }, "not-asked"],
    ["shown before its time", { ...due, notYetValidAt: ago(10) }, "clock-off"],
    ["messages of another year", { ...due, timesNotBelieved: true }, "clock-off"],
    [
      "a wrong clock explains the refusal",
      { ...due, timesNotBelieved: true, refusal: refusal(10) },
      "clock-off",
    ],
  ];

  it.each(rows)("%s", (_what, facts, kind) => {
    const problem = rotationProblem(facts, now);
    expect(problem?.kind ?? null).toBe(kind);
    // A sentence each; "" where there is none.
    expect(problem?.text ?? "Nothing.").toMatch(/^[A-Za-z].*\.$/);
    expect(problem?.remedy ?? "Nothing.").toMatch(/\.$/);
  });

  it("says for how long and until when", () => {
    const away = { ...due, connected: false, lastSeenAt: ago(3 * dayMinutes) };
    expect(rotationProblem(away, now)).toMatchObject({
      text: "pump-17 was not here for 3 days.",
      remedy: expect.stringContaining("2026-12-27T12:00:00.000Z"),
    });
  });
});
