import { describe, expect, it } from "vitest";
import { adoptFile, dashboardFile, dashboardFileSchema } from "#server/domain/dashboard-file.ts";
import { assumeNew, noKnownReferences } from "#server/domain/dashboard-references.ts";
import { newWidget } from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";

const there = "0190a1b2-0000-7000-8000-000000000001";
const here = "0190a1b2-0000-7000-8000-000000000002";
const profile = "0190a1b2-0000-7000-8000-000000000003";

const content = dashboardContentSchema.parse({
  format: 1,
  variables: [{ name: "which", kind: "device", defaults: [there] }],
  widgets: [
    newWidget("line", {
      id: "l",
      x: 0,
      y: 0,
      title: "Heat",
      devices: { by: "devices", ids: [there] },
      metrics: ["temperature"],
    }),
    newWidget("presence", {
      id: "p",
      x: 6,
      y: 0,
      devices: { by: "filter", filter: { ...everyDevice.filter, profileIds: [profile] } },
    }),
  ],
});
const file = dashboardFileSchema.parse(
  dashboardFile(
    { name: "Hall", description: "", content },
    { ...noKnownReferences, device: { [there]: "pump-1" }, profile: { [profile]: "pump" } },
  ),
);
const known = { ...noKnownReferences, metric: { temperature: "temperature" } };
const noNames = { device: {}, group: {}, profile: {} };

describe("a dashboard from a file", () => {
  it("finds by name what has another id here", () => {
    const byName = { device: { "pump-1": here }, group: {}, profile: { pump: profile } };

    const { content: adopted, gaps } = adoptFile(file, { known, byName });

    expect(gaps).toEqual([]);
    expect(adopted.widgets[0]).toMatchObject({ devices: { ids: [here] } });
    expect(adopted.variables[0]).toMatchObject({ defaults: [here] });
  });

  it("keeps widgets about what is not here, and names it", () => {
    const { content: adopted, gaps } = adoptFile(file, {
      known: noKnownReferences,
      byName: noNames,
    });

    expect(adopted).toEqual(content);
    expect(gaps.map(({ where, title, kind, name }) => [where, title, kind, name])).toEqual([
      ["variable", "which", "device", "pump-1"],
      ["widget", "Heat", "device", "pump-1"],
      ["widget", "Heat", "metric", "temperature"],
      ["widget", "presence", "profile", "pump"],
    ]);
  });

  it.each([
    ["something else", { hello: 1 }],
    ["another format", { ...file, format: 9 }],
    ["no content", { ...file, content: undefined }],
    ["names that are no texts", { ...file, names: { device: { a: 1 } } }],
  ])("is refused when it is %s", (_, wrong) => {
    expect(dashboardFileSchema.safeParse(wrong).success).toBe(false);
  });

  it("a name like a part of every object is no thing that is here", () => {
    const odd = { ...file, names: { ...file.names, device: { [there]: "constructor" } } };

    expect(adoptFile(odd, { known, byName: noNames }).gaps[0]).toMatchObject({
      name: "constructor",
    });
  });
});

it("what was just chosen counts as there until it is asked for; what is gone stays gone", () => {
  const asked = { device: [there], group: [], profile: [], metric: [] };
  const now = { ...asked, device: [there, here] };

  expect(assumeNew(now, noKnownReferences, asked).device).toEqual({ [here]: here });
});
