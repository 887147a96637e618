import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { allLimits } from "#server/domain/listener-limits.ts";
import { listListenerLimits } from "#server/services/listener-limit/list.ts";
import { resetListenerLimit } from "#server/services/listener-limit/reset.ts";
import { setListenerLimit } from "#server/services/listener-limit/set.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let runner: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  runner = await createTestTenant(database, { slug: "runner", operator: true });
});
afterAll(() => database.drop());

const limit = { scope: "device", name: "connectsPerMinute" } as const;
const viewOf = async (tenant: TestTenant) =>
  (await listListenerLimits(tenant.ctx("auditor"), {})).find(
    ({ scope, name }) => scope === limit.scope && name === limit.name,
  );

async function newestEvent({ tenantId } = acme) {
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

describe("a limit of the listener", () => {
  it("is its default, then what was set, then its default again, each with its record", async () => {
    expect(await viewOf(acme)).toMatchObject({ effective: 600, default: 600, override: null });

    const control = await waitForControl(database);
    await setListenerLimit(acme.ctx("admin"), { ...limit, value: 30 });
    expect(await control.next()).toEqual({ kind: "limits", tenantId: acme.tenantId });
    await control.stop();
    expect(await newestEvent()).toMatchObject({
      actionCode: "limit.set",
      target: "limit:device.connectsPerMinute",
      payload: { before: { value: 600 }, after: { value: 30 } },
    });
    expect(await viewOf(acme)).toMatchObject({
      effective: 30,
      override: { value: 30, changedBy: "system:test" },
    });
    expect(await viewOf(other)).toMatchObject({ effective: 600, override: null });

    await resetListenerLimit(acme.ctx("admin"), limit);
    expect(await newestEvent()).toMatchObject({
      actionCode: "limit.reset",
      payload: { before: { value: 30 }, after: { value: 600 } },
    });
    expect(await viewOf(acme)).toMatchObject({ effective: 600, override: null });
  });

  it("that is already so is a conflict", async () => {
    await setListenerLimit(acme.ctx("admin"), { ...limit, value: 40 });
    await expect(
      setListenerLimit(acme.ctx("admin"), { ...limit, value: 40 }),
    ).rejects.toMatchObject({ code: "conflict" });
    await resetListenerLimit(acme.ctx("admin"), limit);
    await expect(resetListenerLimit(acme.ctx("admin"), limit)).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("of another organisation is not touched", async () => {
    await setListenerLimit(acme.ctx("admin"), { ...limit, value: 50 });
    await expect(resetListenerLimit(other.ctx("admin"), limit)).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await viewOf(acme)).toMatchObject({ effective: 50 });
  });

  it.each(["viewer", "operator", "compliance_officer", "auditor"] as const)(
    "is not for the role %s to change, and the attempt is recorded",
    async (role) => {
      const forbidden = { code: "forbidden" };
      await expect(setListenerLimit(acme.ctx(role), { ...limit, value: 9 })).rejects.toMatchObject(
        forbidden,
      );
      await expect(resetListenerLimit(acme.ctx(role), limit)).rejects.toMatchObject(forbidden);
      expect(await newestEvent()).toMatchObject({ outcome: "denied", actionCode: "limit.reset" });
    },
  );

  it.each([
    [{ value: 0 }, "invalid"],
    [{ value: 100_001 }, "invalid"],
    [{ value: 1.5 }, "invalid"],
    [{ value: Number.MAX_VALUE }, "invalid"],
    [{ name: "nothing", value: 1 }, "not_found"],
    [{ name: "__proto__", value: 1 }, "not_found"],
    [{ scope: "planet" as "device", value: 1 }, "invalid"],
  ])("%j is %s", async (change, code) => {
    await expect(
      setListenerLimit(acme.ctx("admin"), { ...limit, ...change }),
    ).rejects.toMatchObject({ code });
  });

  describe("above its default", () => {
    const person = { actor: { type: "token", id: randomUUID(), name: "desk" } } as const;
    const raised = { ...limit, value: 700 };

    it("is set by the organisation that runs the installation, with its record", async () => {
      await setListenerLimit(runner.ctx("admin", person), raised);
      expect(await viewOf(runner)).toMatchObject({ effective: 700, max: 100_000 });
      expect(await newestEvent(runner)).toMatchObject({
        actionCode: "limit.set",
        payload: { before: { value: 600 }, after: { value: 700 } },
      });
    });

    it("is not set by a role that may not set limits", async () => {
      await expect(
        setListenerLimit(runner.ctx("operator", person), { ...limit, value: 800 }),
      ).rejects.toMatchObject({ code: "forbidden" });
    });

    it("is not set by another organisation, which may lower it and see how far it may go", async () => {
      await expect(setListenerLimit(other.ctx("admin", person), raised)).rejects.toMatchObject({
        code: "forbidden",
        message: expect.stringContaining("at most 600 (connects/min), its default"),
      });
      const { effective, max } = (await listListenerLimits(other.ctx("admin", person), {})).find(
        ({ name }) => name === limit.name,
      ) ?? { effective: 0, max: 0 };
      expect({ effective, max }).toEqual({ effective: 600, max: 600 });
      await setListenerLimit(other.ctx("admin", person), { ...limit, value: 599 });
      expect(await viewOf(other)).toMatchObject({ effective: 599 });
      await setListenerLimit(other.ctx("admin", person), { ...limit, value: 600 });
    });

    it("is set for another organisation at the machine; that may lower it, and not raise it again", async () => {
      await setListenerLimit(other.ctx("admin"), raised);
      await expect(setListenerLimit(other.ctx("admin", person), raised)).rejects.toMatchObject({
        code: "conflict",
      });
      await setListenerLimit(other.ctx("admin", person), { ...limit, value: 650 });
      await expect(setListenerLimit(other.ctx("admin", person), raised)).rejects.toMatchObject({
        code: "forbidden",
      });
      expect(await viewOf(other)).toMatchObject({ effective: 650 });
    });
  });

  it("is in the list with every other one, in the table's order", async () => {
    const listed = await listListenerLimits(acme.ctx("operator"), {});

    expect(listed.map(({ scope, name }) => [scope, name])).toEqual(
      allLimits().map(({ scope, name }) => [scope, name]),
    );
    await expect(listListenerLimits(acme.ctx("viewer"), {})).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
