import { expect, it } from "vitest";
import { orderOf, runScenario, summarise } from "#bench/harness.ts";

it("rounds alternate their direction", () => {
  const arms = ["a", "b", "c"];

  expect([0, 1, 2].map((round) => orderOf(arms, round).join(""))).toEqual(["abc", "cba", "abc"]);
});

it("a summary holds medians, and ratios of ours to each other", () => {
  const measured = new Map([
    ["quayside", [{ value: 50, cpuSecondsPerMillion: 9 }, { value: 30 }, { value: 40 }]],
    ["limit", [{ value: 100 }, { value: 100 }, { value: 50 }]],
  ]);

  expect(summarise({ id: "P1", name: "ingest", unit: "msg/s" }, measured)).toEqual({
    id: "P1",
    name: "ingest",
    value: 40,
    unit: "msg/s",
    ratios: { limit: 0.5 },
    arms: { quayside: 40, limit: 100 },
    cpuSecondsPerMillion: 9,
    more: {},
    rounds: 3,
  });
});

it("what was started is stopped when a measurement fails", async () => {
  let stopped = false;
  const run = runScenario(
    {
      id: "x",
      name: "x",
      unit: "x",
      prepare: () =>
        Promise.resolve({
          arms: [{ name: "broken", measure: () => Promise.reject(new Error("no")) }],
          stop: () => {
            stopped = true;
            return Promise.resolve();
          },
        }),
    },
    {
      rounds: 1,
      say: () => undefined,
      settings: {
        connections: undefined,
        seconds: undefined,
        nodeRed: undefined,
        devices: undefined,
        values: undefined,
      },
    },
  );

  await expect(run).rejects.toThrow("no");
  expect(stopped).toBe(true);
});
