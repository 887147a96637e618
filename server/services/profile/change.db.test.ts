import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

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
  it("keeps the schema, gives numeric fields a place, and records it", async () => {
    const made = await createProfile(admin, { name: "pump", jsonSchema });

    expect(made).toMatchObject({ name: "pump", schemaVersion: 1, fields: ["pressure", "on"] });
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
