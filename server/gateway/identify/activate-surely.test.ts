import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { activateSurely } from "#server/gateway/identify/activate-surely.ts";
import { createBackground } from "#server/gateway/mqtt/background.ts";
import { createLog } from "#server/observability/log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const background = createBackground(createLog({ name: "test", level: "silent" }));

it("tries again until it has worked, and then no more", async () => {
  let calls = 0;
  activateSurely(background, async () => {
    calls += 1;
    if (calls < 3) throw new Error("The database is away.");
  });

  await vi.advanceTimersByTimeAsync(120_000);

  expect(calls).toBe(3);
});

it("gives up after about a minute", async () => {
  let calls = 0;
  activateSurely(background, async () => {
    calls += 1;
    throw new Error("The database is away.");
  });

  await vi.advanceTimersByTimeAsync(600_000);

  expect(calls).toBe(7);
});
