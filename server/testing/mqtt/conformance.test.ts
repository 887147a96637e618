import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { joinConformance, renderConformance } from "#server/testing/mqtt/conformance.ts";
import { proofsIn, scanTests } from "#server/testing/mqtt/scan-tests.ts";
import { readStatements } from "#server/testing/mqtt/statement.ts";
import { statements3 } from "#server/testing/mqtt/statements-3.ts";
import { statements5 } from "#server/testing/mqtt/statements-5.ts";

const root = path.resolve(import.meta.dirname, "../../..");

describe("the conformance table", () => {
  test("has every numbered statement of the two standards", () => {
    expect(statements5).toHaveLength(251);
    expect(statements3).toHaveLength(141);
  });

  test("knows a test or a reason for whatever binds a server, and no number that does not exist", () => {
    expect(joinConformance(scanTests(root)).problems).toEqual([]);
  });

  test("is what docs/mqtt-conformance.md says (node server/testing/mqtt/write-conformance.ts)", () => {
    const written = readFileSync(path.join(root, "docs/mqtt-conformance.md"), "utf8");
    expect(written).toBe(renderConformance(joinConformance(scanTests(root))));
  });
});

describe("the table's own rules", () => {
  const statements = readStatements(5, "3.1.0-1 client One.\n3.1.0-2 server Two.\n");
  const proof = { number: "MQTT-3.1.0-2", file: "a.test.ts", title: "two" };

  test("a statement that binds a server needs a test or a reason", () => {
    const [problem] = joinConformance([], statements, new Map()).problems;
    expect(problem).toContain("MQTT-3.1.0-2 has neither test nor reason");
    expect(joinConformance([proof], statements, new Map()).problems).toEqual([]);
    expect(joinConformance([], statements, new Map([[proof.number, "no"]])).problems).toEqual([]);
  });

  test("a reason goes when there is a test", () => {
    const { problems } = joinConformance([proof], statements, new Map([[proof.number, "no"]]));
    expect(problems).toHaveLength(1);
  });

  test("unknown numbers are found in tests and in reasons", () => {
    const stranger = { ...proof, number: "MQTT-9.9.9-9" };
    const { problems } = joinConformance(
      [proof, stranger],
      statements,
      new Map([["MQTT3-9.9.9-9", "no"]]),
    );
    expect(problems).toHaveLength(2);
  });

  test("numbers count in names, not in comments", () => {
    const number = (id: string) => `[${"MQTT"}-${id}]`;
    const source = `// ${number("1.1.1-1")}\n/* ${number("1.1.1-2")} */ test("${number("1.1.1-3")} is \\"so\\"", …)`;
    expect(proofsIn("a.test.ts", source)).toEqual([
      { number: "MQTT-1.1.1-3", file: "a.test.ts", title: 'is \\"so\\"' },
    ]);
  });
});
