import { describe, expect, it } from "vitest";
import { maxFieldsPerDevice, maxFieldsPerSchema, planFields } from "#server/ingest/plan-fields.ts";

const field = (name: string) => ({ name, type: "number" as const });
const row = (name: string, position: number, introducedBy: string | null) => ({
  name,
  position,
  type: "number",
  introducedBy,
});
const many = (count: number, introducedBy: (index: number) => string | null) =>
  Array.from({ length: count }, (_, index) => row(`f${index}`, index, introducedBy(index)));

describe("planFields", () => {
  it("gives the next positions in the order of receipt, each name once", () => {
    const plan = planFields(
      [row("a", 4, null)],
      [
        { deviceKey: "1", fields: [field("c"), field("a")] },
        { deviceKey: "2", fields: [field("b"), field("c")] },
      ],
    );
    expect(plan.additions).toEqual([row("c", 5, "1"), row("b", 6, "2")]);
    expect(plan.refusals.size).toBe(0);
  });

  it("takes all fields of a message or none", () => {
    const existing = many(maxFieldsPerSchema - 1, () => null);
    const plan = planFields(existing, [
      { deviceKey: "1", fields: [field("x"), field("y")] },
      { deviceKey: "1", fields: [field("z")] },
    ]);
    expect([...plan.refusals.keys()]).toEqual([0]);
    expect(plan.additions.map(({ name }) => name)).toEqual(["z"]);
  });

  it("bounds what one device may introduce and leaves the others alone", () => {
    const existing = many(maxFieldsPerDevice, () => "1");
    const plan = planFields(existing, [
      { deviceKey: "1", fields: [field("x")] },
      { deviceKey: "2", fields: [field("x")] },
    ]);
    expect(plan.refusals.get(0)).toContain("one device may introduce");
    expect(plan.additions).toEqual([row("x", maxFieldsPerDevice, "2")]);
  });

  it("takes known fields from a device that is at its bound", () => {
    const existing = many(maxFieldsPerDevice, () => "1");
    const plan = planFields(existing, [{ deviceKey: "1", fields: [field("f0")] }]);
    expect(plan.refusals.size).toBe(0);
  });
});
