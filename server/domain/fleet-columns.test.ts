import { describe, expect, it } from "vitest";
import { columnsFromText, columnsToText, usualColumns } from "#server/domain/fleet-columns.ts";

describe("columns of the fleet table in its address", () => {
  it.each([
    ["", ""],
    [null, ""],
    ["name,presence,contact,profile,certificate,connection", ""],
    ["name,tags", "name,tags"],
    ["tags,name~300", "name~300,tags"],
    ["m.temperature~90,m.outdoor temperature", "name,m.temperature~90,m.outdoor temperature"],
    ["tags,purple,tags,m.", "name,tags"],
    ["contact~5,tags~999", "name,contact,tags"],
  ])("%s is %s", (text, kept) => {
    expect(columnsToText(columnsFromText(text))).toBe(kept);
  });

  it("are the usual ones where nothing is said", () => {
    expect(columnsFromText("nothing known")).toEqual(usualColumns);
  });

  it("has at most twelve newest values", () => {
    const many = Array.from({ length: 20 }, (_, index) => `m.f${index}`).join(",");
    expect(columnsFromText(many)).toHaveLength(13);
  });
});
