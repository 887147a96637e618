import { expect, test } from "vitest";
import { createTurnstile } from "#server/gateway/enrol/turnstile.ts";

test("so many of a lane run at once, the others in the order in which they came", async () => {
  const turnstile = createTurnstile(10);
  const begun: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());

  const works = gates.map(({ promise }, index) =>
    turnstile.run({ key: "a", atOnce: 2 }, async () => {
      begun.push(index);
      await promise;
      return index;
    }),
  );
  const other = turnstile.run({ key: "b", atOnce: 1 }, () => Promise.resolve("not held up"));
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  expect(await other).toBe("not held up");
  gates[1]!.resolve();
  expect(await works[1]).toBe(1);
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();

  expect(await Promise.all(works)).toEqual([0, 1, 2, 3]);
});

test("a failure gives its place away, and one too many is told so", async () => {
  const turnstile = createTurnstile(1);
  const lane = { key: "a", atOnce: 1 };
  const gate = Promise.withResolvers<void>();
  const failing = turnstile.run(lane, () => gate.promise);
  const waiting = turnstile.run(lane, () => Promise.resolve("done"));

  await expect(turnstile.run(lane, () => Promise.resolve())).rejects.toThrow("wait to be enrolled");
  gate.reject(new Error("away"));

  await expect(failing).rejects.toThrow("away");
  expect(await waiting).toBe("done");
  expect(await turnstile.run(lane, () => Promise.resolve("free"))).toBe("free");
});
