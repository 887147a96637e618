import { describe, expect, it } from "vitest";
import type { LedgerCount } from "#server/ingest/ledger.ts";
import { noProfileId, type RejectedAt } from "#server/pipeline/message.ts";
import { countTurnedAway } from "#server/ingest/turned-away.ts";

const minute = Date.parse("2026-11-23T10:00:00Z");
const at: RejectedAt = {
  tenantId: "t",
  profileId: noProfileId,
  transport: "mqtts",
  receivedAt: minute,
};

const brief = ({ minute: of, outcome, reason, count }: LedgerCount): unknown[] => [
  of.slice(11, 16),
  outcome,
  reason,
  count,
];
const sum = (counts: readonly LedgerCount[], outcome: string): number =>
  counts.reduce((total, each) => total + (each.outcome === outcome ? each.count : 0), 0);

describe("countTurnedAway", () => {
  it("counts each as received and as what became of it, by minute and reason", () => {
    const turnedAway = countTurnedAway();
    turnedAway.reject(at, "publish-not-allowed");
    turnedAway.reject({ ...at, receivedAt: minute + 59_999 }, "publish-not-allowed");
    turnedAway.reject({ ...at, receivedAt: minute + 60_000 }, "topic-invalid");

    expect(turnedAway.isEmpty).toBe(false);
    expect(turnedAway.take().map(brief)).toEqual([
      ["10:00", "received", "", 2],
      ["10:00", "rejected", "publish-not-allowed", 2],
      ["10:01", "received", "", 1],
      ["10:01", "rejected", "topic-invalid", 1],
    ]);
  });

  it("hands its counts over once", () => {
    const turnedAway = countTurnedAway();
    turnedAway.reject(at, "topic-invalid");
    turnedAway.take();

    expect(turnedAway.isEmpty).toBe(true);
    expect(turnedAway.take()).toEqual([]);
  });

  it("keeps no more counts than a bound however long nobody takes them, and loses none", () => {
    const turnedAway = countTurnedAway();
    const minutes = 20_000;
    for (let passed = 0; passed < minutes; passed += 1) {
      turnedAway.reject({ ...at, receivedAt: minute + passed * 60_000 }, "topic-invalid");
    }

    const counts = turnedAway.take();
    expect(counts.length).toBeLessThanOrEqual(10_002);
    expect([sum(counts, "received"), sum(counts, "rejected")]).toEqual([minutes, minutes]);
  });
});
