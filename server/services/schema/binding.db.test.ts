import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { bindSchema } from "#server/services/schema/bind.ts";
import { endCanary } from "#server/services/schema/end-canary.ts";
import { listBindings } from "#server/services/schema/list-bindings.ts";
import { promoteCanary } from "#server/services/schema/promote-canary.ts";
import { removeBinding } from "#server/services/schema/remove-binding.ts";
import { rollBackBinding } from "#server/services/schema/roll-back.ts";
import { showSchema } from "#server/services/schema/show.ts";
import { startCanary } from "#server/services/schema/start-canary.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";
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
  await createPublished(admin, "pump", definitionOfNumbers(["a"]));
  await publishNext(admin, "pump", definitionOfNumbers(["b"]));
  await publishNext(admin, "pump", definitionOfNumbers(["c"]));
});
afterAll(() => database.drop());

const refused = (code: string, message?: string) =>
  expect.objectContaining({
    code,
    ...(message !== undefined && { message: expect.stringContaining(message) }),
  }) as ServiceError;

let count = 0;
let profileId: string;
let profileName: string;
const schema = "pump";
beforeEach(async () => {
  count += 1;
  profileName = `pumps-${count}`;
  const made = await createProfile(admin, {
    name: profileName,
    schema: { name: schema, version: 1 },
  });
  profileId = made.id;
});

/** What the profile says of its main version, beside its binding. */
async function mainVersion(): Promise<number> {
  const profile = await withTenant(admin, (tx) =>
    tx.profile.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: acme.tenantId, id: profileId } },
      select: { schema: { select: { version: true } } },
    }),
  );
  return profile.schema.version;
}

function lastEvent() {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId: acme.tenantId }, orderBy: { seq: "desc" } }),
  );
}

describe("schema.bind", () => {
  it("gives a profile another version, keeps the one before, and records both", async () => {
    const bound = await bindSchema(admin, { profileId, schema, version: 2 });

    expect(bound).toMatchObject({ profileName, stream: "", version: 2, previousVersion: 1 });
    expect(await mainVersion()).toBe(2);
    expect(await lastEvent()).toMatchObject({
      actionCode: "schema.bind",
      target: `profile:${profileName}`,
      payload: {
        before: { schema: "pump@1", previous: null },
        after: { schema: "pump@2", previous: "pump@1" },
      },
    });
  });

  it("adds one for a stream and content type, and leaves the main one", async () => {
    await bindSchema(admin, {
      profileId,
      stream: "oil",
      contentType: "Application/CBOR",
      schema,
      version: 3,
    });

    expect(await mainVersion()).toBe(1);
    const { bindings } = await listBindings(acme.ctx("viewer"), { profileId });
    expect(bindings).toMatchObject([
      { stream: "", contentType: "", version: 1, previousVersion: null },
      { stream: "oil", contentType: "application/cbor", version: 3, previousVersion: null },
    ]);
    const shown = await showSchema(acme.ctx("viewer"), { name: schema });
    expect(shown.bindings.filter((each) => each.profileId === profileId)).toEqual(bindings);
  });

  it("what is bound already is a conflict", async () => {
    await expect(bindSchema(admin, { profileId, schema, version: 1 })).rejects.toThrow(
      refused("conflict", `the messages of “${profileName}” have pump@1 already`),
    );
  });

  it("the open profile, and its version, are left alone", async () => {
    await expect(
      bindSchema(admin, { profileId: acme.profileId, schema, version: 1 }),
    ).rejects.toThrow(refused("conflict", "cannot be bound"));
    await expect(bindSchema(admin, { profileId, schema: "generic", version: 1 })).rejects.toThrow(
      refused("conflict", "generic@1 belongs to"),
    );
  });

  it("is not for operators; of another tenant there is nothing to find", async () => {
    const input = { profileId, schema, version: 2 };

    await expect(bindSchema(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(bindSchema(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
    await expect(bindSchema(admin, { ...input, version: 9 })).rejects.toThrow(
      refused("not_found", "no version 9"),
    );
  });

  it("two at once end with one main version, the same in both places", async () => {
    await Promise.allSettled([
      bindSchema(admin, { profileId, schema, version: 2 }),
      bindSchema(admin, { profileId, schema, version: 3 }),
    ]);

    const { bindings } = await listBindings(admin, { profileId });
    expect(await mainVersion()).toBe(bindings[0]?.version);
    expect(bindings[0]?.previousVersion).toBeGreaterThan(1);
  });
});

describe("schema.startCanary", () => {
  it("puts a version on trial for a share and for named devices, which may be changed", async () => {
    const { deviceId } = await createIngestDevice(
      database,
      { ...acme, profileId },
      `canary-${count}`,
    );
    const first = await startCanary(admin, {
      profileId,
      schema,
      version: 2,
      percent: 10,
      devices: [deviceId, deviceId],
    });
    const second = await startCanary(admin, { profileId, schema, version: 2, percent: 50 });

    const canary = { schema, version: 2 };
    expect(first.canary).toEqual({ ...canary, percent: 10, devices: [deviceId] });
    expect(second).toMatchObject({ version: 1, canary: { ...canary, percent: 50, devices: [] } });
    expect(await mainVersion()).toBe(1);
    expect(await lastEvent()).toMatchObject({
      actionCode: "schema.startCanary",
      payload: { before: { canary: { percent: 10 } }, after: { canary: { percent: 50 } } },
    });
  });

  it("needs devices, a version of its own, and a binding", async () => {
    const input = { profileId, schema, version: 2 };

    await expect(startCanary(admin, input)).rejects.toThrow(refused("invalid", "which devices"));
    await expect(startCanary(admin, { ...input, devices: ["nobody"] })).rejects.toThrow(
      refused("invalid", "nobody"),
    );
    await expect(startCanary(admin, { ...input, version: 1, percent: 5 })).rejects.toThrow(
      refused("conflict", "already"),
    );
    await expect(startCanary(admin, { ...input, stream: "oil", percent: 5 })).rejects.toThrow(
      refused("not_found", "on the stream “oil”"),
    );
  });

  it("is not for operators; of another tenant there is nothing to find", async () => {
    const input = { profileId, schema, version: 2, percent: 5 };

    await expect(startCanary(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(startCanary(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
  });
});

describe.each([
  ["schema.promoteCanary", promoteCanary, { version: 2, canary: null, previousVersion: 1 }],
  ["schema.endCanary", endCanary, { version: 1, canary: null, previousVersion: null }],
])("%s", (name, change, expected) => {
  it("ends the trial and records it", async () => {
    await startCanary(admin, { profileId, schema, version: 2, percent: 5 });

    expect(await change(admin, { profileId })).toMatchObject(expected);

    expect(await mainVersion()).toBe(expected.version);
    expect(await lastEvent()).toMatchObject({ actionCode: name, outcome: "done" });
    await expect(change(admin, { profileId })).rejects.toThrow(
      refused("conflict", "No version is on trial"),
    );
  });

  it("is not for operators; of another tenant there is nothing to find", async () => {
    await expect(change(acme.ctx("operator"), { profileId })).rejects.toThrow(refused("forbidden"));
    await expect(change(other.ctx("admin"), { profileId })).rejects.toThrow(refused("not_found"));
  });
});

describe("schema.rollBackBinding", () => {
  it("returns to the version before, once, ends a trial, and records it", async () => {
    await bindSchema(admin, { profileId, schema, version: 2 });
    await startCanary(admin, { profileId, schema, version: 3, percent: 5 });

    expect(await rollBackBinding(admin, { profileId })).toMatchObject({
      version: 1,
      previousVersion: null,
      canary: null,
    });

    expect(await mainVersion()).toBe(1);
    expect(await lastEvent()).toMatchObject({
      actionCode: "schema.rollBackBinding",
      payload: { before: { schema: "pump@2" }, after: { schema: "pump@1" } },
    });
    await expect(rollBackBinding(admin, { profileId })).rejects.toThrow(
      refused("conflict", "no version to return to"),
    );
  });

  it("is not for operators; of another tenant there is nothing to find", async () => {
    await expect(rollBackBinding(acme.ctx("operator"), { profileId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(rollBackBinding(other.ctx("admin"), { profileId })).rejects.toThrow(
      refused("not_found"),
    );
  });
});

describe("schema.removeBinding", () => {
  it("removes that of a stream and records it; the main one stays", async () => {
    await bindSchema(admin, { profileId, stream: "oil", schema, version: 3 });

    await removeBinding(admin, { profileId, stream: "oil" });

    expect((await listBindings(admin, { profileId })).bindings).toHaveLength(1);
    expect(await lastEvent()).toMatchObject({
      actionCode: "schema.removeBinding",
      payload: { binding: { stream: "oil" }, before: { schema: "pump@3" }, after: null },
    });
    await expect(removeBinding(admin, { profileId, stream: "oil" })).rejects.toThrow(
      refused("not_found"),
    );
    await expect(removeBinding(admin, { profileId })).rejects.toThrow(
      refused("conflict", "needs a version"),
    );
  });

  it("is not for operators; of another tenant there is nothing to find", async () => {
    const input = { profileId, stream: "oil" };

    await expect(removeBinding(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(removeBinding(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
  });
});
