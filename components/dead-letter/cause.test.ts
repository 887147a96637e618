import { expect, it } from "vitest";
import { causeName, fieldOfPath } from "#components/dead-letter/cause.ts";

const pump = { name: "pump", version: 3 };

it.each([
  ["schema-mismatch", "", "required:pressure", "pressure is missing · pump@3"],
  ["schema-mismatch", "/motor", "required:rpm", "motor.rpm is missing · pump@3"],
  ["schema-mismatch", "", "additionalProperties:pres", "pres is not in the schema · pump@3"],
  ["schema-mismatch", "/pressure", "type", "pressure has another type · pump@3"],
  ["schema-mismatch", "/pressure", "maximum", "pressure is out of range · pump@3"],
  ["schema-mismatch", "/state", "enum", "state has a value that is not allowed · pump@3"],
  ["schema-mismatch", "", "oneOf", "Schema mismatch · pump@3"],
  ["schema-mismatch", "/readings/*/t", "if", "Schema mismatch in readings[].t · pump@3"],
  ["not-json", "", "", "Not JSON · pump@3"],
])("%s %s %s reads %s", (reason, path, errorKind, wanted) => {
  expect(causeName({ reason, path, errorKind, schema: pump })).toBe(wanted);
});

it("a cause without a schema is called by its reason", () => {
  expect(causeName({ reason: "too-deep", path: "", errorKind: "", schema: null })).toBe(
    "Nested too deep",
  );
});

it("a pointer reads as a field", () => {
  expect(fieldOfPath("/a~1b/0/c~0d")).toBe("a/b[].c~d");
});
