import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { createServiceClient } from "#server/services/service-client/create.ts";
import { getServiceClient } from "#server/services/service-client/get.ts";
import { listServiceClients } from "#server/services/service-client/list.ts";
import { removeServiceClient } from "#server/services/service-client/remove.ts";
import { resumeServiceClient } from "#server/services/service-client/resume.ts";
import { revokePassword } from "#server/services/service-client/revoke-password.ts";
import { rotatePassword } from "#server/services/service-client/rotate-password.ts";
import { suspendServiceClient } from "#server/services/service-client/suspend.ts";
import { updateGrants } from "#server/services/service-client/update-grants.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let acme: TestTenant;
let operator: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  operator = await createTestTenant(database, { slug: "operator", operator: true });
  acme = await createTestTenant(database, { slug: "acme" });
});
afterAll(() => database.drop());

const admin = () => acme.ctx("admin");
const grant = { filter: "qs/v1/d/+/up/#", maySubscribe: true, mayPublish: false };
const refused = (code: string) => expect.objectContaining({ code }) as Error;
const sha256 = (text: string) => createHash("sha256").update(text).digest();

let counter = 0;
const fresh = () =>
  createServiceClient(admin(), { name: `Client ${(counter += 1)}`, grants: [grant] });

async function newestEvent() {
  const { tenantId } = acme;
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

async function hashes(serviceClientId: string): Promise<Buffer[]> {
  const rows = await withTenant({ db: database.app, tenantId: acme.tenantId }, (tx) =>
    tx.serviceClientPassword.findMany({ where: { serviceClientId, revokedAt: null } }),
  );
  return rows.map(({ secretHash }) => Buffer.from(secretHash));
}

describe("creating a service client", () => {
  it("gives its user name and password once, keeps only a hash, and records it", async () => {
    const made = await createServiceClient(admin(), {
      name: "Node-RED Küche",
      description: "Dashboard of hall 3",
      grants: [grant],
    });

    expect(made).toMatchObject({ username: "node-red-kuche@acme", grants: [grant] });
    expect(made.password).toMatch(/^qsc_[A-Za-z0-9_-]{43}$/);
    expect(await hashes(made.id)).toEqual([sha256(made.password)]);
    const event = await newestEvent();
    expect(event).toMatchObject({
      actionCode: "serviceClient.create",
      target: "serviceClient:node-red-kuche@acme",
    });
    expect(JSON.stringify(event?.payload)).not.toContain(made.password.slice(4));
    const view = await getServiceClient(acme.ctx("auditor"), { serviceClient: made.username });
    expect(view).toMatchObject({
      id: made.id,
      state: "active",
      description: "Dashboard of hall 3",
      grants: [grant],
      passwords: [{ id: made.passwordId, state: "active", usedAt: null }],
      lastUsedAt: null,
    });
    expect(JSON.stringify(view)).not.toContain(made.password.slice(4));
  });

  it("tells the workers, who may remember that there was nobody of that name", async () => {
    const control = await waitForControl(database);
    const made = await fresh();

    expect(await control.next()).toEqual({
      kind: "service-client",
      tenantId: acme.tenantId,
      serviceClientId: made.id,
    });
    await control.stop();
  });

  it.each([
    ["name", { name: "Taken" }],
    ["user name", { name: "Another", slug: "taken" }],
  ])("with a %s that is taken is a conflict", async (_, input) => {
    await createServiceClient(admin(), { name: "Taken" }).catch(() => undefined);
    await expect(createServiceClient(admin(), input)).rejects.toThrow(refused("conflict"));
  });

  it("with the name that another organisation uses is not one", async () => {
    await createServiceClient(operator.ctx("admin"), { name: "Shared name" });
    expect(await createServiceClient(admin(), { name: "Shared name" })).toMatchObject({
      username: "shared-name@acme",
    });
  });

  it.each([
    { name: "" },
    { name: "a\nb" },
    { name: "x", slug: "Upper" },
    { name: "x", slug: "a@b" },
    { name: "x", slug: "-a" },
    { name: "x", slug: "a".repeat(49) },
    { name: "x", grants: [{ ...grant, mayPublish: true }] },
    { name: "x", grants: [{ ...grant, filter: "$SYS/#" }] },
    { name: "x", grants: Array.from({ length: 51 }, (_, n) => ({ ...grant, filter: `a/${n}` })) },
  ])("%j is invalid", async (input) => {
    await expect(createServiceClient(admin(), input)).rejects.toThrow(refused("invalid"));
  });

  it("with $SYS is for the organisation that runs the installation", async () => {
    const made = await createServiceClient(operator.ctx("admin"), {
      name: "Monitoring",
      grants: [{ filter: "$SYS/#", maySubscribe: true }],
    });

    expect(made.grants).toEqual([{ filter: "$SYS/#", maySubscribe: true, mayPublish: false }]);
  });
});

describe("changing a service client", () => {
  it("replaces its grants, with what they were in the record", async () => {
    const { id, username } = await fresh();
    const grants = [{ filter: "qs/v1/d/+/dn/#", maySubscribe: false, mayPublish: true }];

    await updateGrants(admin(), { serviceClient: id, grants });

    expect(await getServiceClient(admin(), { serviceClient: username })).toMatchObject({ grants });
    expect(await newestEvent()).toMatchObject({
      actionCode: "serviceClient.updateGrants",
      payload: { before: { grants: [grant] }, after: { grants } },
    });
    await expect(
      updateGrants(admin(), { serviceClient: id, grants: [{ filter: "a/#/b", mayPublish: true }] }),
    ).rejects.toThrow(refused("invalid"));
  });

  it("makes a further password while the first still counts, or instead of it", async () => {
    const made = await fresh();

    const second = await rotatePassword(admin(), { serviceClient: made.username });
    expect(second).toMatchObject({ id: made.id, revoked: 0 });
    expect((await hashes(made.id)).length).toBe(2);
    const third = await rotatePassword(admin(), { serviceClient: made.id, keepOthers: false });

    expect(third.revoked).toBe(2);
    expect(await hashes(made.id)).toEqual([sha256(third.password)]);
    const event = await newestEvent();
    expect(event).toMatchObject({ actionCode: "serviceClient.rotatePassword" });
    expect(JSON.stringify(event?.payload)).not.toContain(third.password.slice(4));
  });

  it("has five passwords at the most", async () => {
    const { id } = await fresh();
    for (let count = 1; count < 5; count += 1) await rotatePassword(admin(), { serviceClient: id });

    await expect(rotatePassword(admin(), { serviceClient: id })).rejects.toThrow(
      refused("conflict"),
    );
  });

  it("revokes one password, once", async () => {
    const made = await fresh();
    const target = { serviceClient: made.id, passwordId: made.passwordId };
    const control = await waitForControl(database);

    await revokePassword(admin(), target);

    expect(await hashes(made.id)).toEqual([]);
    expect(await control.next()).toMatchObject({ kind: "service-client" });
    await control.stop();
    expect(await newestEvent()).toMatchObject({ actionCode: "serviceClient.revokePassword" });
    await expect(revokePassword(admin(), target)).rejects.toThrow(refused("conflict"));
    const others = await fresh();
    await expect(
      revokePassword(admin(), { serviceClient: made.id, passwordId: others.passwordId }),
    ).rejects.toThrow(refused("not_found"));
  });

  it("suspends and resumes it, with the reason in the record", async () => {
    const { id } = await fresh();

    await suspendServiceClient(admin(), { serviceClient: id, reason: "leak" });
    expect(await newestEvent()).toMatchObject({
      actionCode: "serviceClient.suspend",
      reason: "leak",
    });
    await expect(suspendServiceClient(admin(), { serviceClient: id })).rejects.toThrow(
      refused("conflict"),
    );
    await resumeServiceClient(admin(), { serviceClient: id });
    expect(await newestEvent()).toMatchObject({ actionCode: "serviceClient.resume" });
    await expect(resumeServiceClient(admin(), { serviceClient: id })).rejects.toThrow(
      refused("conflict"),
    );
  });

  it("removes it with passwords and grants; the record keeps what it was, the name is free", async () => {
    const made = await createServiceClient(admin(), { name: "Short-lived", grants: [grant] });

    await removeServiceClient(admin(), { serviceClient: made.username });

    expect(await hashes(made.id)).toEqual([]);
    expect(await newestEvent()).toMatchObject({
      actionCode: "serviceClient.remove",
      payload: { before: { username: made.username, grants: [grant] } },
    });
    await expect(getServiceClient(admin(), { serviceClient: made.id })).rejects.toThrow(
      refused("not_found"),
    );
    const again = await createServiceClient(admin(), { name: "Short-lived" });
    expect(again.username).toBe(made.username);
    expect(again.id).not.toBe(made.id);
  });
});

describe("who may do it", () => {
  const calls = [
    ["updateGrants", (ctx, id) => updateGrants(ctx, { serviceClient: id, grants: [] })],
    ["rotatePassword", (ctx, id) => rotatePassword(ctx, { serviceClient: id })],
    [
      "revokePassword",
      (ctx, id) => revokePassword(ctx, { serviceClient: id, passwordId: randomUUID() }),
    ],
    ["suspend", (ctx, id) => suspendServiceClient(ctx, { serviceClient: id })],
    ["resume", (ctx, id) => resumeServiceClient(ctx, { serviceClient: id })],
    ["remove", (ctx, id) => removeServiceClient(ctx, { serviceClient: id })],
  ] as const satisfies readonly (readonly [
    string,
    (ctx: ReturnType<typeof admin>, id: string) => Promise<unknown>,
  ])[];

  it.each(calls)("%s: no operator, auditor or other organisation", async (_, call) => {
    const { id } = await fresh();

    await expect(call(acme.ctx("operator"), id)).rejects.toThrow(refused("forbidden"));
    expect(await newestEvent()).toMatchObject({ outcome: "denied" });
    await expect(call(acme.ctx("auditor"), id)).rejects.toThrow(refused("forbidden"));
    await expect(call(operator.ctx("admin"), id)).rejects.toThrow(refused("not_found"));
    expect(await getServiceClient(admin(), { serviceClient: id })).toMatchObject({
      state: "active",
      grants: [grant],
    });
  });

  it("creating is for administrators, looking also for operators and auditors", async () => {
    const ctx = acme.ctx("operator");
    await expect(createServiceClient(ctx, { name: "x" })).rejects.toThrow(refused("forbidden"));
    expect((await listServiceClients(ctx, {})).length).toBeGreaterThan(0);
    await expect(listServiceClients(acme.ctx("viewer"), {})).rejects.toThrow(refused("forbidden"));
    const theirs = await listServiceClients(operator.ctx("admin"), {});
    expect(theirs.every(({ username }) => username.endsWith("@operator"))).toBe(true);
  });
});
