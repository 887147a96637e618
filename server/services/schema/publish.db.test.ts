import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { setProfilePolicy } from "#server/services/profile/set-policy.ts";
import { bindSchema } from "#server/services/schema/bind.ts";
import { compareVersions } from "#server/services/schema/compare-versions.ts";
import { createSchema } from "#server/services/schema/create.ts";
import { schemaDocument } from "#server/services/schema/document.ts";
import { listBindings } from "#server/services/schema/list-bindings.ts";
import { publishSchema } from "#server/services/schema/publish.ts";
import { saveDraft } from "#server/services/schema/save-draft.ts";
import { showSchemaVersion } from "#server/services/schema/show-version.ts";
import { showSchema } from "#server/services/schema/show.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import {
  createPublished,
  definitionOfNumbers,
  publishNext,
} from "#server/testing/schema-definition.ts";

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

const annotated: SchemaDefinition = {
  ...definitionOfNumbers([]),
  jsonSchema: {
    type: "object",
    properties: {
      site: { type: "string" },
      tempF: { type: "number", unit: "[degF]", description: "Of the oil" },
      heart: { type: "integer", category: "health", deprecated: true },
    },
  },
  processing: [
    { op: "convert", field: "tempF", from: "[degF]", to: "Cel" },
    { op: "rename", from: "tempF", to: "temperature" },
  ],
};

describe("schema.publish", () => {
  it("makes the draft a version with the fields as they are stored, and records it", async () => {
    const { revision } = await createSchema(admin, { name: "oil", definition: annotated });
    const made = await publishSchema(admin, { name: "oil", revision, notes: "The first" });

    expect(made.version).toBe(1);
    const viewer = acme.ctx("viewer");
    const version = await showSchemaVersion(viewer, { name: "oil", version: 1 });
    expect(version).toMatchObject({
      schemaId: made.schemaId,
      notes: "The first",
      publishedBy: "system:test",
      definition: annotated,
      compatibility: null,
    });
    expect(version.fields.map(({ name, unit, category }) => ({ name, unit, category }))).toEqual([
      { name: "temperature", unit: "Cel", category: "telemetry" },
      { name: "heart", unit: null, category: "health" },
      { name: "site", unit: null, category: "telemetry" },
    ]);
    expect(await showSchema(viewer, { name: "oil" })).toMatchObject({
      draft: null,
      versions: [{ version: 1, fields: 3, digest: version.digest }],
    });
    const event = await withTenant(admin, (tx) =>
      tx.auditEvent.findFirst({
        where: { tenantId: acme.tenantId, actionCode: "schema.publish", target: "schema:oil" },
      }),
    );
    expect(event).toMatchObject({
      outcome: "done",
      payload: { after: { version: 1, digest: version.digest }, changes: [] },
    });
    expect(JSON.stringify(event?.payload).length).toBeLessThan(1000);
  });

  it("is not for operators, and of another tenant there is nothing to find", async () => {
    await createSchema(admin, { name: "mine", definition: definitionOfNumbers(["a"]) });
    const input = { name: "mine", revision: 1 };

    await expect(publishSchema(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(publishSchema(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
  });

  it("two people at once make one version and one conflict, in words", async () => {
    await createSchema(admin, { name: "race", definition: definitionOfNumbers(["a"]) });
    const publish = () => publishSchema(admin, { name: "race", revision: 1 });

    const results = await Promise.allSettled([publish(), publish(), publish()]);

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(results.filter(({ status }) => status === "rejected")).toEqual(
      Array.from({ length: 2 }, () => ({
        status: "rejected",
        reason: refused("conflict", "published or discarded the draft of “race” meanwhile"),
      })),
    );
    expect((await showSchema(admin, { name: "race" })).versions).toHaveLength(1);
  });

  it("a draft that says what the last version says is a conflict", async () => {
    const definition = definitionOfNumbers(["a"]);
    await createPublished(admin, "same", definition);

    await expect(publishNext(admin, "same", definition)).rejects.toThrow(
      refused("conflict", "Nothing changed"),
    );
    const { draft, versions } = await showSchema(admin, { name: "same" });
    expect(draft).not.toBeNull();
    expect(versions).toHaveLength(1);
  });

  it("an example that does not hold is named, and nothing is published", async () => {
    const examples = [
      { name: "good", payload: '{"a":1}', expect: "pass" },
      { name: "text", payload: '{"a":"x"}', expect: "pass" },
      { name: "more", payload: '{"a":1}', expect: "fail" },
    ] as const;
    const definition = definitionOfNumbers(["a"], {
      examples: examples.map((each) => ({ ...each, encoding: "text" as const, contentType: "" })),
    });

    await expect(createPublished(admin, "examples", definition)).rejects.toMatchObject({
      code: "invalid",
      fields: [
        { path: "/examples/1", message: expect.stringContaining("“text” must pass") },
        { path: "/examples/2", message: expect.stringContaining("“more” must be refused") },
      ],
    });
    expect((await showSchema(admin, { name: "examples" })).versions).toEqual([]);
  });

  it("a draft that is not finished is not published", async () => {
    const definition = { ...definitionOfNumbers(["a"]), dropWhen: "values.a >" };
    const { revision, problems } = await createSchema(admin, { name: "unfinished", definition });

    expect(problems).toHaveLength(1);
    await expect(publishSchema(admin, { name: "unfinished", revision })).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: expect.stringContaining("/dropWhen") }],
    });
    await createSchema(admin, { name: "without" });
    await expect(publishSchema(admin, { name: "without", revision: 0 })).rejects.toThrow(
      refused("conflict", "no draft"),
    );
  });
});

describe("the policies of the profiles that use a schema", () => {
  it("forbid what breaks, in a list; the strictest counts", async () => {
    await createPublished(admin, "strict", definitionOfNumbers(["a"]));
    const schema = { name: "strict", version: 1 };
    const { id } = await createProfile(admin, { name: "strict-1", schema });
    await createProfile(admin, { name: "strict-2", schema });
    const renamed = definitionOfNumbers(["b"]);

    const publishing = publishNext(admin, "strict", renamed);

    await expect(publishing).rejects.toThrow(refused("conflict", "not backward compatible"));
    await expect(publishing).rejects.toThrow(refused("conflict", "“strict-1”, “strict-2”"));
    await expect(publishing).rejects.toMatchObject({
      fields: expect.arrayContaining([
        { path: "/b", message: expect.stringContaining("Towards version 1: ") },
      ]),
    });
    const none = { profileId: id, compatibility: "none" } as const;
    await setProfilePolicy(admin, none);
    const { revision } = await showSchema(admin, { name: "strict" });
    await expect(publishSchema(admin, { name: "strict", revision })).rejects.toThrow(
      refused("conflict", "as “strict-2” asks for"),
    );
    const profiles = await withTenant(admin, (tx) =>
      tx.profile.findMany({ where: { tenantId: acme.tenantId, name: "strict-2" } }),
    );
    await setProfilePolicy(admin, { ...none, profileId: profiles[0]?.id ?? "" });
    expect(await publishSchema(admin, { name: "strict", revision })).toMatchObject({ version: 2 });

    const { backward, forward } = await compareVersions(acme.ctx("viewer"), {
      name: "strict",
      from: 1,
      to: 2,
    });
    expect(backward.length).toBeGreaterThan(0);
    expect(forward.length).toBeGreaterThan(0);
    expect(
      (await showSchemaVersion(admin, { name: "strict", version: 2 })).compatibility?.backward,
    ).toEqual(backward);
  });

  it("count towards the version that is bound, not only the newest", async () => {
    await createPublished(admin, "skipped", definitionOfNumbers(["a"]));
    await publishNext(admin, "skipped", definitionOfNumbers(["b"]));
    await createProfile(admin, { name: "skipped", schema: { name: "skipped", version: 1 } });

    await expect(
      publishNext(admin, "skipped", definitionOfNumbers(["b"], { dropWhen: "values.b == 0.0" })),
    ).rejects.toMatchObject({
      code: "conflict",
      fields: expect.arrayContaining([
        { path: "/b", message: expect.stringContaining("Towards version 1: ") },
      ]),
    });
  });
});

describe("publishing with bind", () => {
  it("binds the version wherever another one is bound, and nowhere else", async () => {
    await createPublished(admin, "at-once", definitionOfNumbers(["a"]));
    const schema = { name: "at-once", version: 1 };
    const { id: profileId } = await createProfile(admin, { name: "at-once-1", schema });
    await createPublished(admin, "apart", definitionOfNumbers(["a"]));
    await bindSchema(admin, { profileId, stream: "oil", schema: "apart", version: 1 });
    const definition = definitionOfNumbers(["a"], { dropWhen: "values.a == 0.0" });
    const { revision } = await showSchema(admin, { name: "at-once" });
    await saveDraft(admin, { name: "at-once", revision, definition });

    const made = await publishSchema(admin, {
      name: "at-once",
      revision: revision + 1,
      bind: true,
    });

    expect(made).toMatchObject({ version: 2, bound: 1 });
    expect((await listBindings(admin, { profileId })).bindings).toMatchObject([
      { stream: "", schema: "at-once", version: 2, previousVersion: 1 },
      { stream: "oil", schema: "apart", version: 1 },
    ]);
  });
});

describe("a schema with 500 versions", () => {
  it("is shown, and takes the next, without anybody waiting", async () => {
    await createPublished(admin, "long", definitionOfNumbers(["a"]));
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query(
      `INSERT INTO schema_version (tenant_id, name, version, json_schema, definition, schema_ref)
       SELECT v.tenant_id, v.name, n, v.json_schema, v.definition, v.schema_ref
       FROM schema_version v, generate_series(2, 500) AS n WHERE v.tenant_id = $1 AND v.name = 'long'`,
      [acme.tenantId],
    );
    await owner.end();
    const started = performance.now();

    const { version } = await publishNext(admin, "long", definitionOfNumbers(["a", "b"]));
    const { versions } = await showSchema(admin, { name: "long" });

    expect(version).toBe(501);
    expect(versions).toHaveLength(501);
    expect(versions[0]).toMatchObject({ version: 501, fields: 2 });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("has an end at 1000", async () => {
    await createPublished(admin, "full", definitionOfNumbers(["a"]));
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query("UPDATE schema_version SET version = 1000 WHERE name = 'full'");
    await owner.end();

    await expect(publishNext(admin, "full", definitionOfNumbers(["b"]))).rejects.toThrow(
      refused("conflict", "1000 versions"),
    );
  });
});

describe("what a device's programmer reads of a version", () => {
  it("is its fields and programs with this installation's address", async () => {
    await createPublished(admin, "docs", definitionOfNumbers(["pressure"]));

    const document = await schemaDocument(acme.ctx("viewer"), {
      name: "docs",
      version: 1,
      deviceId: "pump-17",
      endpoint: { host: "quay.test", tlsPort: 8884 },
    });

    expect(document.fields).toMatchObject([{ name: "pressure", position: 0 }]);
    expect(document.snippets.length).toBeGreaterThan(1);
    expect(document.snippets[0]?.code).toContain("quay.test");
    expect(document.snippets[0]?.code).toContain("pump-17");
    expect(document.snippets[0]?.code).toContain("docs@1");
  });
});

describe("a draft under a published version", () => {
  it("starts over when it is saved again", async () => {
    await createPublished(admin, "again", definitionOfNumbers(["a"]));
    const { revision } = await showSchema(admin, { name: "again" });
    const definition = definitionOfNumbers(["a", "b"]);

    expect(await saveDraft(admin, { name: "again", revision, definition })).toMatchObject({
      revision: revision + 1,
    });
  });
});
