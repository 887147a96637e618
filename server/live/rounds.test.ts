import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { paceRounds } from "#server/live/rounds.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

/** Until what was set off in this turn is done. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function startRounds(costOf: (round: number) => number) {
  const startedAt: number[] = [];
  const rounds = paceRounds({
    clock: () => Date.now(),
    run: () => {
      startedAt.push(Date.now());
      const cost = costOf(startedAt.length);
      // Spent after the round, as the streams do.
      queueMicrotask(() => vi.setSystemTime(Date.now() + cost));
    },
  });
  return { rounds, startedAt };
}

describe("rounds", () => {
  it("begin at once while they cost nothing", async () => {
    const { rounds, startedAt } = startRounds(() => 0);
    for (let count = 1; count <= 3; count += 1) {
      rounds.ask();
      expect(startedAt).toHaveLength(count);
      await turn();
    }
  });

  it("come so rarely that they take one part in 32 of the time, and run once for all that asked", async () => {
    const { rounds, startedAt } = startRounds(() => 10);
    const begun = Date.now();
    rounds.ask();
    rounds.ask();
    await turn();
    rounds.ask();
    expect(startedAt).toEqual([begun]);
    vi.advanceTimersByTime(309);
    expect(startedAt).toEqual([begun]);
    vi.advanceTimersByTime(1);
    expect(startedAt).toEqual([begun, begun + 320]);
    rounds.stop();
  });

  it("do not wait for something else that took its turn between", async () => {
    const { rounds, startedAt } = startRounds((round) => (round === 3 ? 300 : 1));
    for (let count = 1; count <= 4; count += 1) {
      rounds.ask();
      await turn();
      vi.advanceTimersByTime(32);
    }
    expect(startedAt).toHaveLength(4);
  });

  it("are over when they are stopped", async () => {
    const { rounds, startedAt } = startRounds(() => 10);
    rounds.ask();
    await turn();
    rounds.ask();
    rounds.stop();
    vi.advanceTimersByTime(1_000);
    expect(startedAt).toHaveLength(1);
  });
});
