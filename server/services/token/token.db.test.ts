import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Role } from "#server/domain/roles.ts";
import { authenticateToken } from "#server/services/token/authenticate.ts";
import { createToken } from "#server/services/token/create.ts";
import { listTokens } from "#server/services/token/list.ts";
import { revokeToken } from "#server/services/token/revoke.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

const start = new Date("2026-11-23T08:00:00.000Z");
let database: TestDatabase;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "a" });
  other = await createTestTenant(database, { slug: "b" });
});
afterAll(() => database.drop());

const admin = () => tenant.ctx("admin", { now: () => start });

async function newestEvent() {
  const { tenantId } = tenant;
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

describe("an API token", () => {
  it("speaks for its organisation with its role, and its text is kept nowhere", async () => {
    const made = await createToken(admin(), { name: "ci", role: "operator" });

    expect(made.token).toMatch(/^qs_[A-Za-z0-9_-]{43}$/);
    expect(await authenticateToken(database.app, made.token, start)).toEqual({
      tenantId: tenant.tenantId,
      id: made.id,
      name: "ci",
      role: "operator",
    });
    const event = await newestEvent();
    expect(event).toMatchObject({ actionCode: "token.create", target: "token:ci" });
    expect(JSON.stringify(event?.payload)).not.toContain(made.token.slice(3));
    const listed = await listTokens(admin(), {});
    expect(listed[0]).toMatchObject({ id: made.id, state: "active", usedAt: start });
    expect(JSON.stringify(listed)).not.toContain(made.token.slice(3));
  });

  it("ends at its time, and at once when it is revoked", async () => {
    const short = await createToken(admin(), { name: "a day", role: "viewer", expiresInDays: 1 });
    const nextDay = new Date(start.getTime() + 86_400_000);
    const justBefore = new Date(nextDay.getTime() - 1);
    expect(await authenticateToken(database.app, short.token, justBefore)).toBeDefined();
    expect(await authenticateToken(database.app, short.token, nextDay)).toBeUndefined();

    const long = await createToken(admin(), { name: "long", role: "viewer" });
    await revokeToken(admin(), { tokenId: long.id });
    expect(await authenticateToken(database.app, long.token, start)).toBeUndefined();
    expect(await newestEvent()).toMatchObject({ actionCode: "token.revoke" });
    await expect(revokeToken(admin(), { tokenId: long.id })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it.each(["", "qs_", `qs_${"A".repeat(43)}`, "Bearer x", `qs_${"'".repeat(43)}`])(
    "%j is none",
    async (text) => {
      expect(await authenticateToken(database.app, text, start)).toBeUndefined();
    },
  );

  it.each<Role>(["viewer", "operator", "compliance_officer", "auditor"])(
    "is not for the role %s to make, list or revoke",
    async (role) => {
      const ctx = tenant.ctx(role);
      const forbidden = { code: "forbidden" };
      await expect(createToken(ctx, { name: "x", role: "viewer" })).rejects.toMatchObject(
        forbidden,
      );
      await expect(listTokens(ctx, {})).rejects.toMatchObject(forbidden);
      await expect(revokeToken(ctx, { tokenId: randomUUID() })).rejects.toMatchObject(forbidden);
      expect(await newestEvent()).toMatchObject({ outcome: "denied" });
    },
  );

  it("of another organisation does not exist", async () => {
    const { id, token } = await createToken(admin(), { name: "mine", role: "viewer" });
    await expect(revokeToken(other.ctx("admin"), { tokenId: id })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await listTokens(other.ctx("admin"), {})).toEqual([]);
    expect(await authenticateToken(database.app, token, start)).toBeDefined();
  });
});
