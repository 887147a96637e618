import { describe, expect, it } from "vitest";
import {
  clearTail,
  emptyTail,
  hearTail,
  keptMessages,
  pauseTail,
  rateOf,
  resumeTail,
  type Tail,
} from "#components/message/tail-buffer.ts";
import type { LiveTailMessage } from "#server/domain/live.ts";

const message: LiveTailMessage = {
  deviceKey: "7",
  sender: "pump",
  profileId: null,
  receivedAt: 1,
  transport: "mqtts",
  qos: 1,
  topic: "qs/v1/d/pump/up/telemetry",
  outcome: "stored",
  reason: null,
  detail: null,
  id: null,
  contentType: null,
  size: 2,
  payload: { as: "text", content: "{}", isCut: false },
};

function hear(tail: Tail, count: number, { matched = count, now = 0 } = {}): Tail {
  const messages = Array.from({ length: count }, (_, n) => ({ ...message, receivedAt: n }));
  return hearTail(tail, { kind: "tail", at: 0, messages, matched, unsearched: 0 }, now);
}
const numbers = (tail: Tail) => tail.shown.map(({ n }) => n);

describe("a live tail on the page", () => {
  it("shows the newest first and keeps the newest 500", () => {
    expect(numbers(hear(hear(emptyTail, 2), 1))).toEqual([3, 2, 1]);
    const full = hear(hear(emptyTail, 400), 400);
    expect(full.shown).toHaveLength(keptMessages);
    expect(full.shown[0]?.n).toBe(800);
  });

  it("held still shows what it showed; what comes waits, the newest 500, and is shown on resuming", () => {
    const paused = hear(pauseTail(hear(emptyTail, 1)), 2);
    expect(numbers(paused)).toEqual([1]);
    expect(paused.waiting).toHaveLength(2);
    expect(numbers(resumeTail(paused))).toEqual([3, 2, 1]);
    expect(hear(paused, 600).waiting).toHaveLength(keptMessages);
    expect(pauseTail(paused).waiting).toHaveLength(2);
  });

  it("cleared is empty and goes on as before", () => {
    expect(numbers(hear(clearTail(hear(emptyTail, 2)), 1))).toEqual([3]);
    expect(clearTail(hear(pauseTail(emptyTail), 2)).waiting).toEqual([]);
  });

  it("tells the rate of the last second", () => {
    const tail = hear(hear(emptyTail, 5, { matched: 900, now: 100 }), 5, { now: 900 });
    expect(rateOf(tail, 1000)).toEqual({ shown: 10, matched: 905, unsearched: 0 });
    expect(rateOf(tail, 1200)).toEqual({ shown: 5, matched: 5, unsearched: 0 });
    expect(rateOf(tail, 5000)).toEqual({ shown: 0, matched: 0, unsearched: 0 });
  });
});
