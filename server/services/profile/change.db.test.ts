import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { setProfilePolicy } from "#server/services/profile/set-policy.ts";
import { listSchemas } from "#server/services/schema/list.ts";
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

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const jsonSchema = {
  type: "object",
  properties: {
    pressure: { type: "number", unit: "bar" },
    name: { type: "string" },
    on: { type: "boolean" },
  },
};

describe("profile.create", () => {
  it("keeps the schema, gives fields a place, numbers first, and records it", async () => {
    const made = await createProfile(admin, { name: "pump", jsonSchema });

    expect(made).toMatchObject({
      name: "pump",
      schemaVersion: 1,
      fields: ["pressure", "on", "name"],
    });
    const [generic, pump] = await listProfiles(acme.ctx("viewer"), {});
    expect(generic).toMatchObject({ name: "generic", open: true, fields: [] });
    expect(pump).toMatchObject({
      id: made.id,
      open: false,
      expectedContactSeconds: 300,
      certificateDays: 90,
      fields: [
        { name: "pressure", type: "number", unit: "bar", position: 0 },
        { name: "on", type: "boolean", unit: null, position: 1 },
        { name: "name", type: "string", unit: null, position: 2 },
      ],
    });
    const event = await withTenant(admin, (tx) =>
      tx.auditEvent.findFirst({ where: { tenantId: acme.tenantId, target: "profile:pump" } }),
    );
    expect(event).toMatchObject({ actionCode: "profile.create", outcome: "done" });
  });

  it("a name that is taken is a conflict, but another tenant may have it", async () => {
    await createProfile(admin, { name: "valve", jsonSchema });

    await expect(createProfile(admin, { name: "valve", jsonSchema })).rejects.toThrow(
      refused("conflict"),
    );
    await createProfile(other.ctx("admin"), { name: "valve", jsonSchema });
    const names = (await listProfiles(other.ctx("viewer"), {})).map(({ name }) => name);
    expect(names).toEqual(["generic", "valve"]);
  });

  it("is not for operators", async () => {
    await expect(createProfile(acme.ctx("operator"), { name: "x", jsonSchema })).rejects.toThrow(
      refused("forbidden"),
    );
  });

  it("a schema that could harm is refused at the field, in words", async () => {
    const creating = createProfile(admin, {
      name: "bad",
      jsonSchema: { type: "object", properties: { a: { $ref: "https://example.com" } } },
    });

    await expect(creating).rejects.toThrow(refused("invalid"));
    await expect(creating).rejects.toThrow("(at /properties/a/$ref)");
  });
});

describe("profile.create of a version of the registry", () => {
  it("uses that version and registers nothing", async () => {
    await createPublished(admin, "shared", definitionOfNumbers(["level"]));
    const schema = { name: "shared", version: 1 };

    expect(await createProfile(admin, { name: "tank", schema })).toMatchObject({
      schemaVersion: 1,
      fields: ["level"],
    });
    const { schemas } = await listSchemas(admin, {});
    expect(schemas.map(({ name }) => name)).not.toContain("tank");
    expect(schemas).toContainEqual(expect.objectContaining({ name: "shared", profiles: 1 }));
  });

  it("of a version that is not there, or of both kinds, it says so", async () => {
    const schema = { name: "shared", version: 7 };
    const name = "x";

    await expect(createProfile(admin, { name, schema })).rejects.toThrow(refused("not_found"));
    await expect(createProfile(admin, { name, schema, jsonSchema })).rejects.toThrow(
      refused("invalid"),
    );
    await expect(createProfile(admin, { name })).rejects.toThrow(refused("invalid"));
  });

  it("a JSON Schema under the name of a schema that is there is a conflict", async () => {
    await expect(createProfile(admin, { name: "shared", jsonSchema })).rejects.toThrow(
      refused("conflict"),
    );
  });
});

describe("profile.setPolicy", () => {
  it("changes what it is given, keeps the rest, and records both", async () => {
    const { id: profileId } = await createProfile(admin, { name: "policy", jsonSchema });

    const policy = await setProfilePolicy(admin, { profileId, unknownVersion: "quarantine" });

    expect(policy).toEqual({
      compatibility: "backward",
      unknownVersion: "quarantine",
      lateSeconds: 900,
    });
    const profiles = await listProfiles(acme.ctx("viewer"), {});
    expect(profiles.find(({ id }) => id === profileId)?.policy).toEqual(policy);
    const event = await withTenant(admin, (tx) =>
      tx.auditEvent.findFirst({
        where: { tenantId: acme.tenantId, actionCode: "profile.setPolicy" },
      }),
    );
    expect(event).toMatchObject({
      target: "profile:policy",
      payload: { before: { unknownVersion: "refuse" }, after: { unknownVersion: "quarantine" } },
    });
  });

  it("is not for operators; of another tenant there is nothing to find", async () => {
    const [generic] = await listProfiles(admin, {});
    const input = { profileId: generic?.id ?? "", lateSeconds: 60 };

    await expect(setProfilePolicy(acme.ctx("operator"), input)).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(setProfilePolicy(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
  });
});
