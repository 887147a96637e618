import { describe, expect, it } from "vitest";
import { csvFile, csvRecord, type CsvCell } from "#server/domain/csv.ts";

describe("a CSV record", () => {
  const rows: readonly [what: string, cell: CsvCell, text: string][] = [
    ["plain text", "pump 17", "pump 17"],
    ["empty", null, ""],
    ["a number stays a number", -1.5, "-1.5"],
    ["a boolean", true, "true"],
    ["a comma", "a,b", '"a,b"'],
    ["a quote is doubled", 'the "big" one', '"the ""big"" one"'],
    ["a line break", "a\nb", '"a\nb"'],
    ["blanks at the edge survive", " a", '" a"'],
    ["a formula", "=1+1", "'=1+1"],
    ["a formula with a quote", '=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ["a command by plus", "+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
    ["minus text", "-2+3", "'-2+3"],
    ["an at sign", "@SUM(A1)", "'@SUM(A1)"],
    ["a tab before a formula", "\t=1", `'\t=1`],
    ["blanks before a formula", "  =1", `'  =1`],
    ["a full-width equals sign", "\uff1d1", "'\uff1d1"],
  ];

  it.each(rows)("%s", (_what, cell, text) => {
    expect(csvRecord([cell])).toBe(`${text}\r\n`);
  });

  it("ends every record, header included, with CRLF", () => {
    expect(csvFile(["name", "days"], [["pump", 3]])).toBe("name,days\r\npump,3\r\n");
  });
});
