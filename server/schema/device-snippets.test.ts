import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { deviceSnippets, exampleValues } from "#server/schema/device-snippets.ts";

const jsonSchema = {
  type: "object",
  properties: {
    temperature: { type: "number", minimum: -40, maximum: 20 },
    level: { type: "integer", minimum: 100 },
    running: { type: ["boolean", "null"] },
    mode: { enum: ["auto", "hand"] },
    at: { type: "string", format: "date-time" },
    motor: { type: "object", properties: { rpm: { type: "integer" } }, required: ["rpm"] },
    flow: { $ref: "#/$defs/flow" },
    level_or_none: { anyOf: [{ type: "object", properties: {} }, { type: "null" }] },
    note: { type: "string", examples: ["it's hot"] },
  },
  required: ["temperature", "level", "running", "mode", "at", "motor", "note"],
  additionalProperties: false,
  $defs: { flow: { type: "object", properties: { rate: { type: "number" } }, required: ["rate"] } },
};
const target = {
  schemaName: "pump",
  schemaVersion: 3,
  format: "json",
  jsonSchema,
  fields: [],
  deviceId: "pump-17",
  host: "quay.example",
  port: 8883,
  stream: "",
} as const;

it("the example is one that the schema takes", () => {
  expect(compileSchema(jsonSchema).validate(exampleValues(jsonSchema, []))).toEqual({ ok: true });
});

it("so is the example for any bounds", () => {
  const bounds = fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 2, max: 1000 }), fc.boolean())
    .map(([minimum, width, isInteger]) => ({
      type: isInteger ? "integer" : "number",
      minimum,
      maximum: minimum + width,
    }));
  fc.assert(
    fc.property(bounds, (a) => {
      const schema = { type: "object", properties: { a }, required: ["a"] };
      expect(compileSchema(schema).validate(exampleValues(schema, []))).toEqual({ ok: true });
    }),
  );
});

describe("the snippets", () => {
  it("send the example to the device's topic, under the version's name", () => {
    const snippets = deviceSnippets(target);

    expect(snippets.map(({ id }) => id)).toEqual(["mosquitto", "node", "python", "arduino"]);
    for (const { code } of snippets) {
      expect(code).toContain("qs/v1/d/pump-17/up/telemetry");
      expect(code).toContain("pump@3");
    }
  });

  it("quote text for the shell", () => {
    expect(deviceSnippets(target)[0]?.code).toContain(`it'\\''s hot`);
  });

  it("of a binary format send a file, and name stream and content type", () => {
    const snippets = deviceSnippets({ ...target, format: "protobuf", stream: "motor" });

    expect(snippets.map(({ id }) => id)).toEqual(["mosquitto", "node"]);
    expect(snippets[0]?.code).toContain("content-type application/x-protobuf");
    expect(snippets[0]?.code).toContain("up/telemetry/motor");
  });
});
