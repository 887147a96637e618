import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { checkDefinition } from "#server/services/schema/check.ts";
import { createSchema } from "#server/services/schema/create.ts";
import { discardDraft } from "#server/services/schema/discard-draft.ts";
import { listSchemas } from "#server/services/schema/list.ts";
import { saveDraft } from "#server/services/schema/save-draft.ts";
import { showSchema } from "#server/services/schema/show.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createPublished, definitionOfNumbers } from "#server/testing/schema-definition.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin");
});
afterAll(() => database.drop());

const refused = (code: string, message?: string) =>
  expect.objectContaining({
    code,
    ...(message !== undefined && { message: expect.stringContaining(message) }),
  }) as ServiceError;

function eventOf(action: string, name: string) {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, actionCode: action, target: `schema:${name}` },
      orderBy: { seq: "desc" },
    }),
  );
}

const flat = definitionOfNumbers(["pressure"]);

describe("schema.create", () => {
  it("registers a schema with its draft, and records which", async () => {
    const made = await createSchema(admin, {
      name: "pump",
      description: "Pumps",
      definition: flat,
    });

    expect(made).toMatchObject({ name: "pump", revision: 1, problems: [] });
    expect(await showSchema(acme.ctx("viewer"), { name: "pump" })).toMatchObject({
      id: made.id,
      description: "Pumps",
      format: "json",
      revision: 1,
      draft: { definition: flat, revision: 1, updatedBy: "system:test" },
      versions: [],
      bindings: [],
    });
    expect(await eventOf("schema.create", "pump")).toMatchObject({
      outcome: "done",
      payload: { after: { format: "json", draft: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
    const { schemas } = await listSchemas(acme.ctx("viewer"), { q: "PUM" });
    expect(schemas).toMatchObject([
      { name: "pump", latestVersion: null, hasDraft: true, profiles: 0 },
    ]);
  });

  it("a name that is taken is a conflict, but another tenant may have it", async () => {
    await createSchema(admin, { name: "valve" });

    await expect(createSchema(admin, { name: "valve" })).rejects.toThrow(refused("conflict"));
    await createSchema(other.ctx("admin"), { name: "valve" });
    expect((await listSchemas(other.ctx("viewer"), {})).schemas.map(({ name }) => name)).toEqual([
      "generic",
      "valve",
    ]);
  });

  it("is not for operators", async () => {
    await expect(createSchema(acme.ctx("operator"), { name: "x" })).rejects.toThrow(
      refused("forbidden"),
    );
  });

  it.each([
    ["a remote reference", { a: { $ref: "https://example.com" } }, "/jsonSchema/properties/a/$ref"],
    ["a reference in a circle", { a: { $ref: "#/$defs/loop" } }, "/jsonSchema"],
    ["a pattern that looks behind", { a: { pattern: "(?<=a)b" } }, "/jsonSchema/properties/a"],
  ])("%s is refused at its place", async (_, properties, path) => {
    const creating = createSchema(admin, {
      name: "bad",
      definition: {
        ...flat,
        jsonSchema: { type: "object", properties, $defs: { loop: { $ref: "#/$defs/loop" } } },
      },
    });

    await expect(creating).rejects.toThrow(refused("invalid"));
    await expect(creating).rejects.toMatchObject({
      fields: [{ path: expect.stringContaining(path) }],
    });
  });

  it("a schema of a megabyte is refused in words, and soon", async () => {
    const started = performance.now();
    const description = "x".repeat(1_000_000);
    const creating = createSchema(admin, {
      name: "huge",
      definition: { ...flat, jsonSchema: { ...flat.jsonSchema, description } },
    });

    await expect(creating).rejects.toThrow(refused("invalid", "characters"));
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it.each([
    ["a null character in a name", { type: "object", properties: { "a\0": {} } }],
    ["half of a character", { type: "object", properties: { "\ud800": { type: "object" } } }],
    ["a null deep inside", { type: "object", const: nested(40, "a\0") }],
  ])("%s, which cannot be stored, is refused in words", async (_, jsonSchema) => {
    await expect(
      createSchema(admin, { name: "bytes", definition: { ...flat, jsonSchema } }),
    ).rejects.toThrow(refused("invalid"));
  });
});

function nested(depth: number, core: unknown): unknown {
  let value = core;
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}

describe("schema.saveDraft", () => {
  it("keeps what can be used and what cannot yet, and says what is wrong", async () => {
    await createSchema(admin, { name: "save" });
    const first = await saveDraft(admin, { name: "save", revision: 0, definition: flat });
    const second = await saveDraft(admin, {
      name: "save",
      revision: 1,
      definition: {
        ...flat,
        processing: [{ op: "compute", field: "x", expression: "values.pressure +" }],
      },
    });

    expect(first).toEqual({ revision: 1, problems: [] });
    expect(second.revision).toBe(2);
    expect(second.problems).toMatchObject([{ path: "/processing/0/expression" }]);
    expect(await eventOf("schema.saveDraft", "save")).toMatchObject({
      payload: { after: { revision: 2, draft: expect.any(String) } },
    });
  });

  it("two people who save at once: the second is told of the first", async () => {
    await createSchema(admin, { name: "race" });
    const save = (names: readonly string[]) =>
      saveDraft(admin, { name: "race", revision: 0, definition: definitionOfNumbers(names) });

    const results = await Promise.allSettled([save(["a"]), save(["b"])]);

    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(results).toContainEqual({
      status: "rejected",
      reason: refused("conflict", "system:test has changed the draft of “race” meanwhile"),
    });
  });

  it("is not for operators, and of another tenant there is nothing to find", async () => {
    await createSchema(admin, { name: "mine" });
    const input = { name: "mine", revision: 0, definition: flat };

    await expect(saveDraft(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(saveDraft(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
  });

  it("the schema that grows with the open profile has no draft", async () => {
    await expect(
      saveDraft(admin, { name: "generic", revision: 0, definition: flat }),
    ).rejects.toThrow(refused("conflict", "gains fields by itself"));
  });

  it("the format stays", async () => {
    await createSchema(admin, { name: "format" });

    await expect(
      saveDraft(admin, { name: "format", revision: 0, definition: { ...flat, format: "senml" } }),
    ).rejects.toThrow(refused("invalid", "stays so"));
  });
});

describe("schema.discardDraft", () => {
  it("throws the draft away and records it; there is none to throw away then", async () => {
    await createSchema(admin, { name: "gone", definition: flat });

    expect(await discardDraft(admin, { name: "gone", revision: 1 })).toEqual({ revision: 2 });

    expect(await showSchema(admin, { name: "gone" })).toMatchObject({ draft: null, revision: 2 });
    expect(await eventOf("schema.discardDraft", "gone")).toMatchObject({ outcome: "done" });
    await expect(discardDraft(admin, { name: "gone", revision: 2 })).rejects.toThrow(
      refused("conflict", "no draft"),
    );
  });

  it("one that somebody has changed is not thrown away", async () => {
    await createSchema(admin, { name: "kept", definition: flat });
    await saveDraft(admin, { name: "kept", revision: 1, definition: flat });

    await expect(discardDraft(admin, { name: "kept", revision: 1 })).rejects.toThrow(
      refused("conflict", "changed"),
    );
  });

  it("is not for operators, and of another tenant there is nothing to find", async () => {
    const input = { name: "kept", revision: 2 };

    await expect(discardDraft(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(discardDraft(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
  });
});

describe("schema.check", () => {
  it("says fields as they would be stored, examples as they end, and what has changed", async () => {
    await createPublished(admin, "checked", flat);
    const definition = definitionOfNumbers(["presure"], {
      processing: [{ op: "rename", from: "presure", to: "pressure" }],
      examples: [
        {
          name: "new",
          payload: '{"presure":1}',
          encoding: "text",
          contentType: "",
          expect: "pass",
        },
        {
          name: "old",
          payload: '{"pressure":1}',
          encoding: "text",
          contentType: "",
          expect: "pass",
        },
        {
          name: "cbor",
          payload: "oWdwcmVzdXJlAQ==",
          encoding: "base64",
          contentType: "application/cbor",
          expect: "pass",
        },
      ],
    });

    const check = await checkDefinition(acme.ctx("viewer"), { name: "checked", definition });

    expect(check.problems).toEqual([]);
    expect(check.fields).toMatchObject([{ name: "pressure", type: "number", position: 0 }]);
    expect(check.examples).toMatchObject([
      { name: "new", result: "pass", ok: true, detail: 'Stored as {"pressure":1}' },
      { name: "old", result: "fail", ok: false, detail: expect.stringContaining("presure") },
      { name: "cbor", result: "pass", ok: true },
    ]);
    expect(check.compatibility?.version).toBe(1);
    expect(check.compatibility?.backward.length).toBeGreaterThan(0);
  });

  it.each([
    ["nothing", undefined],
    ["text", "schema"],
    ["a part", { format: "json" }],
    ["no JSON Schema", { ...flat, jsonSchema: null }],
    ["no message type", { ...flat, format: "protobuf", jsonSchema: null }],
    [
      "a .proto file that is none",
      {
        ...flat,
        format: "protobuf",
        protobuf: { kind: "proto", source: "message {", messageType: "A" },
      },
    ],
    ["a wrong expression", { ...flat, dropWhen: "values." }],
    ["10 000 levels", { ...flat, jsonSchema: { type: "object", not: nested(10_000, {}) } }],
  ])("of %s it says what is wrong and throws nothing", async (_, definition) => {
    const check = await checkDefinition(admin, { name: "pump", definition });

    expect(check.problems.length).toBeGreaterThan(0);
    expect(check).toMatchObject({ fields: [], examples: [], compatibility: null });
  });
});
