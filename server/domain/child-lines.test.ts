import { describe, expect, it } from "vitest";
import { parseChildren } from "#server/domain/child-lines.ts";

describe("pasted children", () => {
  it.each([
    ["meter-1", [["meter-1", "", ""]]],
    [
      "meter-1\r\n\r\n meter-2 \n",
      [
        ["meter-1", "", ""],
        ["meter-2", "", ""],
      ],
    ],
    ["meter-1, North meter, meters", [["meter-1", "North meter", "meters"]]],
    ["meter-1;North;meters", [["meter-1", "North", "meters"]]],
    ["meter-1\tNorth", [["meter-1", "North", ""]]],
    ['meter-1,"Meter, ""north""",meters', [["meter-1", 'Meter, "north"', "meters"]]],
    ["device id,name\nmeter-1,North", [["meter-1", "North", ""]]],
    ["\uFEFFid\nmeter-1", [["meter-1", "", ""]]],
    ["meter-1,,meters,more,cells", [["meter-1", "", "meters"]]],
    ['meter-1,"open', [["meter-1", '"open', ""]]],
    ["", []],
    ["\n \n", []],
  ] as const)("%j", (text, expected) => {
    const found = parseChildren(text).map(({ deviceId, name, profile }) => [
      deviceId,
      name,
      profile,
    ]);
    expect(found).toEqual(expected);
  });

  it("knows the lines that people see", () => {
    expect(parseChildren("id\n\nmeter-1\nmeter-2").map(({ line }) => line)).toEqual([3, 4]);
  });
});
