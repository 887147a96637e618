import { expect, it } from "vitest";
import { replaceBetween, resultsTable, type Entry } from "#bench/results.ts";

const entry: Entry = {
  id: "P1",
  name: "ingest a|b",
  value: 77_500,
  unit: "msg/s",
  ratios: { limit: 0.67 },
  arms: { quayside: 77_500, limit: 116_000 },
  cpuSecondsPerMillion: 19,
  more: { p99Ms: 8.2 },
  rounds: 5,
  at: "2026-11-23T12:00:00.000Z",
  machine: "2 × CPU",
};

it("shows ratios before figures, in the order of the numbers", () => {
  const lines = resultsTable([{ ...entry, id: "P13" }, { ...entry, id: "P2" }, entry]).split("\n");

  expect(lines[2]).toBe(
    "| P1 | ingest a\\|b | **0.67 ×** limit (116 000) | 77 500 msg/s | p99Ms 8.2, 19 CPU s per million | 5, 2026-11-23 |",
  );
  expect(lines.slice(2, 5).map((line) => line.split(" ")[1])).toEqual(["P1", "P2", "P13"]);
  expect(lines.at(-1)).toBe("Measured on 2 × CPU.");
});

it("puts the table between the marks and leaves the rest of the page", () => {
  const marks = { begin: "<!-- a -->", end: "<!-- b -->" };
  const page = "# P\n<!-- a -->\nold\n<!-- b -->\nend\n";

  expect(replaceBetween(page, marks, "new")).toBe("# P\n<!-- a -->\n\nnew\n\n<!-- b -->\nend\n");
  expect(() => replaceBetween("no marks", marks, "new")).toThrow("no place for the table");
});
