import { describe, expect, it } from "vitest";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import {
  definitionOf,
  prepareSchema,
  type SchemaVersionRow,
} from "#server/schema/prepare-schema.ts";

const jsonSchema = {
  type: "object",
  properties: { pressure: { type: "number" } },
  required: ["pressure"],
};
const definition: SchemaDefinition = {
  format: "json",
  jsonSchema,
  protobuf: null,
  processing: [],
  dropWhen: "",
  examples: [],
};

function row(more: Partial<SchemaVersionRow> = {}): SchemaVersionRow {
  return {
    schemaId: 7,
    schemaName: "pump",
    schemaVersion: 2,
    format: "json",
    jsonSchema,
    definition: null,
    open: false,
    fields: [],
    ...more,
  };
}

describe("a version from before there were definitions", () => {
  it("is its JSON Schema and nothing else", () => {
    expect(definitionOf(row())).toEqual(definition);
    const schema = prepareSchema(row());
    expect(schema.check?.({ pressure: 1 })).toEqual({ ok: true });
    expect(schema.check?.({})).toMatchObject({ ok: false, kind: "required:pressure" });
    expect(schema).toMatchObject({ decode: undefined, process: undefined, format: "json" });
  });

  it("that has not even that takes anything", () => {
    expect(prepareSchema(row({ jsonSchema: null }))).toMatchObject({ check: undefined });
  });
});

describe("the version of the open profile", () => {
  it("checks and changes nothing, whatever it says", () => {
    const said = { ...definition, dropWhen: "true" };

    expect(prepareSchema(row({ open: true, definition: said }))).toMatchObject({
      open: true,
      check: undefined,
      process: undefined,
    });
  });
});

describe("a version that cannot be used", () => {
  it.each([
    ["a reference to elsewhere", { ...definition, jsonSchema: { $ref: "https://example.com" } }],
    ["an expression that is none", { ...definition, dropWhen: "(" }],
    ["something else", { text: "no definition" }],
  ])("because of %s refuses its own messages in words and throws nothing", (_, said) => {
    const { check } = prepareSchema(row({ definition: said }));

    expect(check?.({ pressure: 1 })).toMatchObject({
      ok: false,
      kind: "unusable",
      message: expect.stringContaining("cannot be used"),
    });
  });
});

describe("what a version's fields say", () => {
  it("is found by name", () => {
    const fields = [
      { name: "pressure", position: 0, type: "number", category: "telemetry" },
      { name: "on", position: 1, type: "boolean", category: "usage" },
      { name: "site", position: 2, type: "string", category: "telemetry" },
    ];

    const schema = prepareSchema(row({ fields }));

    expect([...schema.fields]).toEqual([
      ["pressure", { position: 0, type: "number" }],
      ["on", { position: 1, type: "boolean" }],
      ["site", { position: 2, type: "string" }],
    ]);
    expect(schema.category).toBe("usage");
  });

  it("counts with what is nested in them", () => {
    const patient = {
      type: "object",
      properties: { rate: { type: "number", category: "health" } },
    };
    const nested = { type: "object", properties: { patient } };

    expect(prepareSchema(row({ jsonSchema: nested })).category).toBe("health");
  });
});

describe("bytes of the formats that are not JSON", () => {
  it.each([
    ["SenML in JSON", Buffer.from('[{"n":"pressure","v":1}]')],
    ["SenML in CBOR", Buffer.from("81a2006870726573737572650201", "hex")],
  ])("%s", (_, payload) => {
    const { decode } = prepareSchema(
      row({ format: "senml", definition: { ...definition, format: "senml", jsonSchema: null } }),
    );

    expect(decode?.(payload)).toMatchObject({ ok: true });
  });

  it("Protobuf by the .proto file of the version", () => {
    const protobuf = {
      kind: "proto",
      source: 'syntax = "proto3"; message Reading { double pressure = 1; }',
      messageType: "Reading",
    } as const;
    const said = { ...definition, format: "protobuf", jsonSchema: null, protobuf };
    const { decode } = prepareSchema(row({ format: "protobuf", definition: said }));
    const payload = Buffer.from("090000000000000440", "hex");

    expect(decode?.(payload)).toMatchObject({ ok: true, value: { pressure: 2.5 } });
  });
});
