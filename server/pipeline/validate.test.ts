import { describe, expect, it } from "vitest";
import { validate } from "#server/pipeline/validate.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { boundSchema } from "#server/testing/ingest-profile.ts";

const pump = boundSchema({
  schemaId: 9,
  schemaName: "pump",
  schemaVersion: 3,
  category: "health",
  check: compileSchema({
    type: "object",
    properties: {
      rpm: { type: "number", minimum: 0 },
      cells: { type: "array", items: { type: "number" } },
    },
    required: ["rpm"],
  }).validate,
});
const reading = { id: undefined, seq: undefined, ts: undefined, schema: undefined };

describe("validate", () => {
  it.each([
    ["values that fit", { rpm: 1 }, "ok", undefined, undefined],
    ["a value that does not fit", { rpm: -1 }, "schema-mismatch", "/rpm", "minimum"],
    ["a value that is missing", {}, "schema-mismatch", "", "required:rpm"],
    ["one of a list", { rpm: 1, cells: [1, 2, "x"] }, "schema-mismatch", "/cells/*", "type"],
  ])("%s", (_, values, expected, path, kind) => {
    const result = validate({ ...reading, values }, pump);

    const at = { schemaId: 9, schemaName: "pump", category: "health", path, kind };
    expect(result).toMatchObject(expected === "ok" ? { ok: true } : { reason: expected, at });
  });

  it("names the place", () => {
    const result = validate({ ...reading, values: { rpm: -1 } }, pump);
    expect(result).toMatchObject({
      detail: "The value at /rpm must be >= 0 (schema pump@3).",
    });
  });
});
