import { expect, test } from "vitest";
import { createSettled } from "#server/gateway/identify/settled.ts";

function reading(change: (attempt: number) => void) {
  let attempts = 0;
  return {
    read: async () => {
      attempts += 1;
      await Promise.resolve();
      change(attempts);
      return attempts;
    },
    count: () => attempts,
  };
}

test("a read is repeated when what it found changed meanwhile", async () => {
  const settled = createSettled();
  const { read } = reading((attempt) => attempt === 1 && settled.changed(17n));

  expect(await settled.run(read, () => [17n])).toBe(2);
});

test("a read is not repeated for the changes of others, however many", async () => {
  const settled = createSettled();
  const { read } = reading(() => {
    for (let other = 100n; other < 200n; other += 1n) settled.changed(other);
  });

  expect(await settled.run(read, () => [17n])).toBe(1);
});

test("a read that found nothing is repeated for any change: what it missed may be there now", async () => {
  const settled = createSettled();
  const { read } = reading((attempt) => attempt === 1 && settled.changed(99n));

  expect(await settled.run(read, () => undefined)).toBe(2);
});

test("a change of everything counts for everybody", async () => {
  const settled = createSettled();
  const { read } = reading((attempt) => attempt === 1 && settled.changed());

  expect(await settled.run(read, () => ["a service client"])).toBe(2);
});

test("more changes than are remembered count for everybody", async () => {
  const settled = createSettled();
  const { read } = reading((attempt) => {
    if (attempt > 1) return;
    settled.changed(17n);
    for (let other = 100n; other < 1_200n; other += 1n) settled.changed(other);
  });

  expect(await settled.run(read, () => [17n])).toBe(2);
});

test("what never comes to rest is refused", async () => {
  const settled = createSettled();
  const { read, count } = reading(() => settled.changed(17n));

  await expect(settled.run(read, () => [17n])).rejects.toThrow("faster than it can be read");
  expect(count()).toBe(10);
});
