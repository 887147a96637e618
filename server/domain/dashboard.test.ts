import { describe, expect, it } from "vitest";
import {
  emptyContent,
  maxContentCharacters,
  newWidget,
  type DashboardContent,
} from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import { dashboardDifference } from "#server/domain/dashboard-difference.ts";
import {
  choiceFromParams,
  choiceToParams,
  resolveWidget,
} from "#server/domain/dashboard-variables.ts";

const device = "0190a1b2-0000-7000-8000-000000000001";
const group = "0190a1b2-0000-7000-8000-000000000002";
const line = newWidget("line", { id: "l", x: 0, y: 0, title: "Heat", metrics: ["temperature"] });

describe("the content of a dashboard", () => {
  it("has defaults for everything but its format", () => {
    expect(emptyContent).toEqual({
      format: 1,
      range: { last: "1h" },
      refreshSeconds: 30,
      variables: [],
      widgets: [],
    });
  });

  it.each([
    ["another format", { format: 2 }, /not known here/],
    ["a range backwards", { range: { from: 2, to: 1 } }, /./],
    ["too many widgets", { widgets: many(61) }, /At most 60 widgets/],
    ["two widgets of one id", { widgets: [line, line] }, /“l” is there twice/],
    ["a widget beyond the grid", { widgets: [{ ...line, x: 8, w: 6 }] }, /beyond the grid/],
    ["an unknown kind", { widgets: [{ ...line, kind: "pie" }] }, /./],
    [
      "a gauge without room",
      { widgets: [{ ...line, kind: "gauge", least: 5, most: 5 }] },
      /more than/,
    ],
    [
      "a variable that is no id",
      { variables: [{ name: "d", kind: "device", defaults: ["x"] }] },
      /no device/,
    ],
    [
      "a variable with a bad name",
      { variables: [{ name: "Two words", kind: "group" }] },
      /small letters/,
    ],
    [
      "two groups",
      { variables: [{ name: "g", kind: "group", defaults: [group, device] }] },
      /at most 1/,
    ],
    [
      "a hundred thresholds",
      { widgets: [{ ...line, thresholds: Array(100).fill({ value: 1 }) }] },
      /At most 6/,
    ],
    ["an infinite threshold", { widgets: [{ ...line, thresholds: [{ value: Infinity }] }] }, /./],
  ])("refuses %s", (_, part, words) => {
    const result = dashboardContentSchema.safeParse({ format: 1, ...part });

    expect(result.success).toBe(false);
    expect(result.error?.issues.map(({ message }) => message).join(" ")).toMatch(words);
  });

  it("refuses what is too large to be kept", () => {
    const widgets = many(60).map((widget, index) => ({
      ...widget,
      kind: "text",
      id: `t${index}`,
      text: "x".repeat(8_000),
    }));

    const result = dashboardContentSchema.safeParse({ format: 1, widgets });

    expect(JSON.stringify(widgets).length).toBeGreaterThan(maxContentCharacters);
    expect(result.error?.issues[0]?.message).toMatch(/too large/);
  });

  it("drops what it does not know, and reads again what it wrote", () => {
    const read = dashboardContentSchema.parse({ format: 1, widgets: [{ ...line, colour: "red" }] });

    expect(dashboardContentSchema.parse(structuredClone(read))).toEqual(read);
    expect(read.widgets[0]).not.toHaveProperty("colour");
  });
});

function many(count: number) {
  return Array.from({ length: count }, (_, index) => ({ ...line, id: `w${index}`, y: index }));
}

describe("what is chosen on a dashboard", () => {
  const content = dashboardContentSchema.parse({
    format: 1,
    variables: [
      { name: "which", kind: "device", defaults: [device] },
      { name: "what", kind: "metric", defaults: ["temperature"] },
    ],
  });

  it.each([
    ["nothing", ""],
    ["a range that ends now", "last=7d"],
    ["a range between two instants", "from=1000&to=2000"],
    ["every device", "var-which="],
    ["metrics with commas", "var-what=a%252Cb%2Cc"],
    ["another refresh", "refresh=0"],
  ])("comes back from its own address: %s", (_, query) => {
    const choice = choiceFromParams(content, new URLSearchParams(query));

    expect(choiceFromParams(content, choiceToParams(content, choice))).toEqual(choice);
  });

  it("leaves out what an address has mangled", () => {
    const query = "last=soon&from=9&to=1&refresh=1&var-which=nobody&var-what=%E0%A4%A";
    const choice = choiceFromParams(content, new URLSearchParams(query));

    expect(choice.range).toEqual({ last: "1h" });
    expect(choice.refreshSeconds).toBe(30);
    expect(choice.values["which"]).toEqual([]);
  });

  it("takes the place of variables in widgets", () => {
    const widget = newWidget("line", {
      id: "l",
      x: 0,
      y: 0,
      devices: { by: "variable", name: "which" },
      metrics: ["humidity"],
      metricVariable: "what",
    });
    const { values } = choiceFromParams(content, new URLSearchParams(""));

    expect(resolveWidget(widget, content.variables, values)).toEqual({
      devices: { by: "devices", ids: [device] },
      metrics: ["humidity", "temperature"],
      missingVariables: [],
    });
    expect(resolveWidget(widget, [], values)).toMatchObject({
      devices: null,
      missingVariables: ["which", "what"],
    });
  });
});

describe("two states of a dashboard", () => {
  const before: DashboardContent = { ...emptyContent, widgets: [line] };

  it.each<[string, DashboardContent, readonly string[]]>([
    ["nothing", before, []],
    ["a move", { ...before, widgets: [{ ...line, x: 2 }] }, ["Moved “Heat”."]],
    ["another size", { ...before, widgets: [{ ...line, h: 9 }] }, ["Resized “Heat”."]],
    [
      "a metric",
      { ...before, widgets: [{ ...line, metrics: ["x"] } as typeof line] },
      ["Changed metrics of “Heat”."],
    ],
    ["a widget less", emptyContent, ["Removed “Heat”."]],
    [
      "the range",
      { ...before, range: { last: "7d" } },
      ["Changed the time range that it opens with."],
    ],
  ])("differ in words by %s", (_, content, words) => {
    expect(dashboardDifference({ name: "A", content: before }, { name: "A", content })).toEqual(
      words,
    );
  });
});
