import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Role } from "#server/domain/roles.ts";
import { signIn } from "#server/services/auth/sign-in.ts";
import { acceptInvitation, viewInvitation } from "#server/services/invitation/accept.ts";
import { revokeInvitation } from "#server/services/invitation/revoke.ts";
import { insertSession } from "#server/services/session/create.ts";
import { listOwnSessions } from "#server/services/session/list-own.ts";
import { loadSession } from "#server/services/session/load.ts";
import { revokeSession } from "#server/services/session/revoke.ts";
import { changeUserRole } from "#server/services/user/change-role.ts";
import { disableUser } from "#server/services/user/disable.ts";
import { enableUser } from "#server/services/user/enable.ts";
import { inviteUser } from "#server/services/user/invite.ts";
import { listUsers } from "#server/services/user/list.ts";
import { resetUserPassword } from "#server/services/user/reset-password.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  tenant = await createTestTenant(database, { slug: `a-${randomUUID()}` });
  other = await createTestTenant(database, { slug: `b-${randomUUID()}` });
});

async function person(at: TestTenant, role: Role) {
  const { tenantId } = at;
  const email = `${randomUUID()}@example.com`;
  return withTenant({ db: database.app, tenantId }, async (tx) => {
    const data = { tenantId, email, name: "Mara", role, passwordHash: "none" };
    const { id: userId } = await tx.user.create({ data });
    const now = new Date();
    const session = await insertSession(tx, {
      tenantId,
      userId,
      ip: "192.0.2.1",
      userAgent: "test",
      now,
    });
    return { userId, email, sid: session.sid, sessionId: session.id };
  });
}

const isLive = async (sid: string) =>
  (await loadSession(database.app, sid, new Date())) !== undefined;

async function newestEvent(at: TestTenant) {
  const { tenantId } = at;
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

const actorOf = (who: Awaited<ReturnType<typeof person>>) => ({
  type: "user" as const,
  id: who.userId,
  email: who.email,
  sessionId: who.sessionId,
});

describe("disabling a person", () => {
  it("ends all their sessions at once and is recorded", async () => {
    await person(tenant, "admin");
    const who = await person(tenant, "operator");
    expect(await isLive(who.sid)).toBe(true);

    const result = await disableUser(tenant.ctx("admin"), { userId: who.userId });

    expect(result).toEqual({ id: who.userId, sessionsEnded: 1, liveTokens: 0 });
    expect(await isLive(who.sid)).toBe(false);
    expect(await newestEvent(tenant)).toMatchObject({
      actionCode: "user.disable",
      target: `user:${who.email}`,
      outcome: "done",
    });
  });

  it("and enabling does not bring the sessions back", async () => {
    await person(tenant, "admin");
    const who = await person(tenant, "operator");
    await disableUser(tenant.ctx("admin"), { userId: who.userId });

    await enableUser(tenant.ctx("admin"), { userId: who.userId });

    expect(await isLive(who.sid)).toBe(false);
    expect(await newestEvent(tenant)).toMatchObject({ actionCode: "user.enable" });
    await expect(enableUser(tenant.ctx("admin"), { userId: who.userId })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("is refused for the last administrator, for oneself, and twice", async () => {
    const admin = await person(tenant, "admin");
    const who = await person(tenant, "operator");
    const ctx = tenant.ctx("admin");
    await expect(disableUser(ctx, { userId: admin.userId })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("last administrator"),
    });
    await disableUser(ctx, { userId: who.userId });
    await expect(disableUser(ctx, { userId: who.userId })).rejects.toMatchObject({
      code: "conflict",
    });
    const second = await person(tenant, "admin");
    const self = tenant.ctx("admin", { actor: actorOf(second) });
    await expect(disableUser(self, { userId: second.userId })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("changing a role", () => {
  it("counts from the next request and is recorded with before and after", async () => {
    await person(tenant, "admin");
    const who = await person(tenant, "viewer");

    await changeUserRole(tenant.ctx("admin"), { userId: who.userId, role: "operator" });

    expect(await loadSession(database.app, who.sid, new Date())).toMatchObject({
      user: { role: "operator" },
    });
    expect(await newestEvent(tenant)).toMatchObject({
      actionCode: "user.changeRole",
      payload: { before: { role: "viewer" }, after: { role: "operator" } },
    });
  });

  it("leaves one of two administrators who demote each other at the same moment", async () => {
    const [first, second] = [await person(tenant, "admin"), await person(tenant, "admin")];
    const both = await Promise.allSettled([
      changeUserRole(tenant.ctx("admin"), { userId: first.userId, role: "viewer" }),
      changeUserRole(tenant.ctx("admin"), { userId: second.userId, role: "viewer" }),
    ]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const { people } = await listUsers(tenant.ctx("admin"), {});
    expect(people.filter(({ role }) => role === "admin")).toHaveLength(1);
  });
});

describe("an invitation", () => {
  const password = "copper lantern drifts north";
  const facts = (now = new Date()) => ({
    db: database.app,
    requestId: randomUUID(),
    ip: undefined,
    now: () => now,
  });

  it("lets a person choose a password once, and then they can sign in", async () => {
    const email = `${randomUUID()}@example.com`;
    const invited = { email, name: "Jon", role: "auditor" as const };
    const { token } = await inviteUser(tenant.ctx("admin"), invited);
    expect((await newestEvent(tenant))?.actionCode).toBe("user.invite");
    expect(JSON.stringify((await newestEvent(tenant))?.payload)).not.toContain(token);
    expect(await viewInvitation(facts(), token)).toMatchObject({ email, name: "Jon" });
    expect((await listUsers(tenant.ctx("admin"), {})).invitations).toMatchObject([{ email }]);

    const twice = await Promise.allSettled([
      acceptInvitation(facts(), { token, password }),
      acceptInvitation(facts(), { token, password }),
    ]);

    expect(twice.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await newestEvent(tenant)).toMatchObject({
      actionCode: "user.create",
      target: `user:${email}`,
    });
    const session = await signIn({ ...facts(), userAgent: undefined }, { email, password });
    expect(await loadSession(database.app, session.sid, new Date())).toMatchObject({
      tenantId: tenant.tenantId,
      user: { role: "auditor", name: "Jon" },
    });
    await expect(viewInvitation(facts(), token)).rejects.toMatchObject({ code: "not_found" });
  });

  it("does not count when it is a week old, taken back or replaced", async () => {
    const email = `${randomUUID()}@example.com`;
    const invited = { email, name: "Jon", role: "viewer" as const };
    const ctx = tenant.ctx("admin");
    const first = await inviteUser(ctx, invited);
    const inAWeek = new Date(Date.now() + 7 * 86_400_000 + 1000);
    const gone = { code: "not_found" };
    await expect(viewInvitation(facts(inAWeek), first.token)).rejects.toMatchObject(gone);

    const second = await inviteUser(ctx, invited);
    await expect(viewInvitation(facts(), first.token)).rejects.toMatchObject(gone);
    await revokeInvitation(ctx, { invitationId: second.invitationId });
    await expect(viewInvitation(facts(), second.token)).rejects.toMatchObject(gone);
    await expect(
      revokeInvitation(ctx, { invitationId: second.invitationId }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  it("to somebody who has an account is a conflict; a link for a new password is not", async () => {
    const who = await person(tenant, "operator");
    const ctx = tenant.ctx("admin");
    const again = { email: who.email, name: "Mara", role: "viewer" as const };
    await expect(inviteUser(ctx, again)).rejects.toMatchObject({ code: "conflict" });

    const { token } = await resetUserPassword(ctx, { userId: who.userId });
    expect(await isLive(who.sid)).toBe(true);
    await acceptInvitation(facts(), { token, password });

    expect(await isLive(who.sid)).toBe(false);
    expect(await newestEvent(tenant)).toMatchObject({ actionCode: "user.setPassword" });
    const session = await signIn(
      { ...facts(), userAgent: undefined },
      { email: who.email, password },
    );
    expect(await loadSession(database.app, session.sid, new Date())).toMatchObject({
      user: { role: "operator" },
    });
  });

  it("to an address of another organisation fails when it is accepted, and says so", async () => {
    const elsewhere = await person(other, "viewer");
    const invited = { email: elsewhere.email, name: "Mara", role: "viewer" as const };
    const { token } = await inviteUser(tenant.ctx("admin"), invited);

    await expect(acceptInvitation(facts(), { token, password })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await isLive(elsewhere.sid)).toBe(true);
  });
});

describe("one's own sessions", () => {
  it("are listed, and one can be ended", async () => {
    const who = await person(tenant, "viewer");
    const ctx = tenant.ctx("viewer", { actor: actorOf(who) });
    expect(await listOwnSessions(ctx, {})).toMatchObject([{ id: who.sessionId, current: true }]);

    await revokeSession(ctx, { sessionId: who.sessionId });

    expect(await isLive(who.sid)).toBe(false);
    expect(await listOwnSessions(ctx, {})).toEqual([]);
    expect(await newestEvent(tenant)).toMatchObject({ actionCode: "session.revoke" });
    await expect(revokeSession(ctx, { sessionId: who.sessionId })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("are nobody else's, of the same organisation or another", async () => {
    const who = await person(tenant, "viewer");
    const colleague = tenant.ctx("admin", { actor: actorOf(await person(tenant, "admin")) });
    const stranger = other.ctx("admin", { actor: actorOf(await person(other, "admin")) });
    for (const ctx of [colleague, stranger]) {
      await expect(revokeSession(ctx, { sessionId: who.sessionId })).rejects.toMatchObject({
        code: "not_found",
      });
    }
    expect(await isLive(who.sid)).toBe(true);
  });
});

const invited = { email: "x@example.com", name: "X", role: "viewer" as const };
const changes = {
  "user.disable": (at: TestTenant, role: Role, id: string) =>
    disableUser(at.ctx(role), { userId: id }),
  "user.enable": (at: TestTenant, role: Role, id: string) =>
    enableUser(at.ctx(role), { userId: id }),
  "user.changeRole": (at: TestTenant, role: Role, id: string) =>
    changeUserRole(at.ctx(role), { userId: id, role: "admin" }),
  "user.resetPassword": (at: TestTenant, role: Role, id: string) =>
    resetUserPassword(at.ctx(role), { userId: id }),
  "invitation.revoke": (at: TestTenant, role: Role, id: string) =>
    revokeInvitation(at.ctx(role), { invitationId: id }),
};
const names = Object.keys(changes) as (keyof typeof changes)[];

describe("a wrong role", () => {
  const roles: readonly Role[] = ["viewer", "operator", "compliance_officer", "auditor"];
  it.each(
    roles.flatMap((role) => [...names, "user.invite" as const].map((name) => ({ role, name }))),
  )("$role may not $name, and the attempt is recorded", async ({ role, name }) => {
    const who = await person(tenant, "viewer");
    const attempt =
      name === "user.invite"
        ? inviteUser(tenant.ctx(role), invited)
        : changes[name](tenant, role, who.userId);

    await expect(attempt).rejects.toMatchObject({ code: "forbidden" });

    expect(await newestEvent(tenant)).toMatchObject({ actionCode: name, outcome: "denied" });
  });
});

describe("another organisation's person", () => {
  it.each(names)("does not exist for %s", async (name) => {
    const who = await person(other, "viewer");
    const { invitationId } = await inviteUser(other.ctx("admin"), {
      ...invited,
      email: `${randomUUID()}@example.com`,
    });
    const id = name === "invitation.revoke" ? invitationId : who.userId;

    await expect(changes[name](tenant, "admin", id)).rejects.toMatchObject({ code: "not_found" });

    expect(await isLive(who.sid)).toBe(true);
  });

  it("is not in the list", async () => {
    await person(other, "viewer");
    const mine = await person(tenant, "admin");
    const { people } = await listUsers(tenant.ctx("auditor"), {});
    expect(people.map(({ id }) => id)).toEqual([mine.userId]);
    await expect(listUsers(tenant.ctx("viewer"), {})).rejects.toMatchObject({ code: "forbidden" });
  });
});
