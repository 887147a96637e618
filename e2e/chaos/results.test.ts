import { expect, it } from "vitest";
import { chaosTable } from "#e2e/chaos/results.ts";

it("shows what was lost in a column of its own, and what else was found beside it", () => {
  const table = chaosTable([
    {
      scenario: "worker-kill",
      at: "2026-11-23T12:00:00.000Z",
      machine: "2 × CPU",
      seconds: 3_600,
      rounds: 1_000,
      ok: true,
      facts: {
        acknowledged: 5_000_000,
        stored: 5_000_001,
        lost: 0,
        duplicated: 0,
        unexpected: 0,
        inverted: 0,
        unaccounted: 0,
        reconnections: 24,
      },
      problems: [],
    },
  ]);

  expect(table.split("\n")[2]).toBe(
    "| worker-kill | held | 1 000 | 5 000 000 | 0 | 0 | 0 / 0 / 0 | reconnections 24 | 3 600 s, 2026-11-23 |",
  );
  expect(table).toContain("Run on 2 × CPU.");
});
