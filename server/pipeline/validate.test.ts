import { describe, expect, it } from "vitest";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { validate } from "#server/pipeline/validate.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";

const pump: IngestProfile = {
  profileId: "p",
  tenantId: "t",
  schemaId: 1,
  schemaName: "pump",
  schemaVersion: 3,
  open: false,
  maxPastMs: 0,
  maxFutureMs: 0,
  fields: new Map(),
  check: compileSchema({
    type: "object",
    properties: { rpm: { type: "number", minimum: 0 } },
    required: ["rpm"],
  }).validate,
};
const reading = { id: undefined, seq: undefined, ts: undefined };

describe("validate", () => {
  it.each([
    ["values that fit", { rpm: 1 }, undefined, "ok"],
    ["the schema's name", { rpm: 1 }, "pump", "ok"],
    ["the schema's name and version", { rpm: 1 }, "pump@3", "ok"],
    ["another version", { rpm: 1 }, "pump@2", "schema-mismatch"],
    ["another schema", { rpm: 1 }, "fan@3", "schema-mismatch"],
    ["a value that does not fit", { rpm: -1 }, undefined, "schema-mismatch"],
    ["a value that is missing", {}, undefined, "schema-mismatch"],
  ])("%s", (_, values, schema, expected) => {
    const result = validate({ ...reading, values, schema }, pump);
    expect(result.ok ? "ok" : result.reason).toBe(expected);
  });

  it("names the place", () => {
    const result = validate({ ...reading, values: { rpm: -1 }, schema: undefined }, pump);
    expect(result).toMatchObject({
      detail: "The value at /rpm must be >= 0 (schema pump@3).",
    });
  });

  it("does not look at the schema's name in an open profile", () => {
    const open = { ...pump, open: true, check: undefined };
    expect(validate({ ...reading, values: {}, schema: "any" }, open).ok).toBe(true);
  });
});
