import { describe, expect, it } from "vitest";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { schemaFields } from "#server/schema/schema-fields.ts";

const none = { unit: null, description: "", category: "telemetry", deprecated: false };

describe("which fields get a place", () => {
  it("numbers and booleans in the schema's order, then texts", () => {
    const fields = schemaFields({
      properties: {
        mode: { enum: ["auto", "hand", null] },
        temperature: {
          type: "number",
          unit: "Cel",
          description: "Of the oil.",
          category: "diagnostics",
        },
        tag: { type: "string", deprecated: true },
        running: { type: "boolean" },
        inner: { type: "object" },
        list: { type: "array" },
        starts: { $ref: "#/$defs/count", description: "Since it left us." },
        level: { const: 3 },
      },
      $defs: { count: { type: "integer", unit: "{count}", description: "How many." } },
    });

    expect(fields).toEqual([
      {
        ...none,
        position: 0,
        name: "temperature",
        type: "number",
        unit: "Cel",
        description: "Of the oil.",
        category: "diagnostics",
      },
      { ...none, position: 1, name: "running", type: "boolean" },
      {
        ...none,
        position: 2,
        name: "starts",
        type: "number",
        unit: "{count}",
        description: "Since it left us.",
      },
      { ...none, position: 3, name: "level", type: "number" },
      { ...none, position: 4, name: "mode", type: "string" },
      { ...none, position: 5, name: "tag", type: "string", deprecated: true },
    ]);
  });

  it.each([
    [{ type: ["number", "null"] }, "number"],
    [{ type: ["integer", "number"] }, "number"],
    [{ type: "boolean" }, "boolean"],
    [{ type: ["boolean", "null"] }, "boolean"],
    [{ type: ["string", "null"] }, "string"],
    [{ type: ["number", "string"] }, undefined],
    [{ type: ["boolean", "number"] }, undefined],
    [{ type: "null" }, undefined],
    [{ enum: [1, 2] }, "number"],
    [{ enum: [1, "2"] }, undefined],
    [{ const: true }, "boolean"],
    [{ $ref: "#/$defs/none" }, undefined],
    [{}, undefined],
    [true, undefined],
  ])("of %j: %s", (property, expected) => {
    const [field] = schemaFields({ properties: { a: property } });

    expect(field?.type).toBe(expected);
  });

  it("not more than 256 numbers, and none that a device cannot send", () => {
    const many = (count: number, type: string) => ({
      properties: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`f${index}`, { type }]),
      ),
    });

    expect(schemaFields(many(256, "number"))).toHaveLength(256);
    expect(schemaFields(many(300, "string"))).toHaveLength(300);
    expect(() => schemaFields(many(257, "number"))).toThrow(SchemaUnusable);
    expect(() => schemaFields({ properties: { "a\nb": { type: "number" } } })).toThrow(
      SchemaUnusable,
    );
  });
});
