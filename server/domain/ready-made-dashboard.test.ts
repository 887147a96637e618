import { describe, expect, it } from "vitest";
import { readyMadeDashboard } from "#server/domain/ready-made-dashboard.ts";

const profileId = "0190a1b2-0000-7000-8000-000000000003";
const made = (fields: readonly { name: string; type: string; unit: string | null }[]) =>
  readyMadeDashboard({
    profileId,
    name: "pump",
    fields,
    thresholds: [{ metric: "pressure", low: 1, high: 6, severity: "critical" }],
  });
const field = (name: string, type: string, unit: string | null = null) => ({ name, type, unit });

describe("the ready-made dashboard of a profile", () => {
  it("has a number and a line for what is measured, a timeline for what switches, and a table", () => {
    const { widgets, variables } = made([
      field("pressure", "number", "bar"),
      field("open", "boolean"),
      field("latitude", "number"),
    ]);

    expect(widgets.map(({ kind, title }) => [kind, title])).toEqual([
      ["presence", "Presence"],
      ["alerts", "Alerts"],
      ["stat", "pressure"],
      ["line", "pressure (bar)"],
      ["timeline", "open"],
      ["map", "Map"],
      ["table", "Newest values"],
    ]);
    expect(variables).toMatchObject([{ kind: "profile", defaults: [profileId] }]);
  });

  it("has the profile's bounds as thresholds", () => {
    const line = made([field("pressure", "number")]).widgets.find(({ kind }) => kind === "line");

    expect(line).toMatchObject({
      thresholds: [
        { value: 1, side: "below", tone: "bad" },
        { value: 6, side: "above", tone: "bad" },
      ],
    });
  });

  it("has a timeline of texts, which may be states", () => {
    expect(made([field("mode", "string")]).widgets.map(({ kind }) => kind)).toContain("timeline");
  });

  it("of a profile without fields has presence and alerts", () => {
    expect(made([]).widgets.map(({ kind }) => kind)).toEqual(["presence", "alerts"]);
  });

  it("stays within its bounds, and is the same each time", () => {
    const fields = Array.from({ length: 256 }, (_, index) => field(`m${index}`, "number"));

    expect(made(fields).widgets.length).toBeLessThanOrEqual(60);
    expect(made(fields)).toEqual(made(fields));
  });
});
