import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { hashPassword } from "#server/services/auth/password-hash.ts";
import { signIn } from "#server/services/auth/sign-in.ts";
import { ServiceError } from "#server/services/errors.ts";
import { endSession } from "#server/services/session/end.ts";
import { loadSession } from "#server/services/session/load.ts";
import { changeOwnPassword } from "#server/services/user/change-password.ts";
import { disableUser } from "#server/services/user/disable.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

// A password takes half a second of a processor, and much longer on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const password = "copper lantern drifts north";
const start = new Date("2026-11-23T08:00:00.000Z");
const after = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

let database: TestDatabase;
let operator: TestTenant;
let passwordHash: string;

beforeAll(async () => {
  database = await cloneDatabase();
  operator = await createTestTenant(database, { slug: "operator", operator: true });
  passwordHash = await hashPassword(password);
});
afterAll(() => database.drop());

async function person(tenant = operator, role: "admin" | "viewer" = "viewer") {
  const email = `${randomUUID()}@example.com`;
  const { tenantId } = tenant;
  const user = await withTenant({ db: database.app, tenantId }, (tx) =>
    tx.user.create({ data: { tenantId, email, name: "Mara", role, passwordHash } }),
  );
  return { id: user.id, email, tenantId };
}

let lastNetwork = 0;
/** Another /24 each time, so that the tests do not throttle each other. */
function network(): string {
  lastNetwork += 1;
  return `198.18.${lastNetwork}.9`;
}

function from(ip: string, now = start) {
  return {
    db: database.app,
    requestId: randomUUID(),
    ip,
    userAgent: "test",
    now: () => now,
  };
}

async function refusal(work: Promise<unknown>): Promise<ServiceError> {
  return work.then(
    () => {
      throw new Error("It was not refused.");
    },
    (error: unknown) => {
      if (error instanceof ServiceError) return error;
      throw error;
    },
  );
}

async function newestEvent(tenantId: string) {
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

describe("signing in", () => {
  it("begins a session under a new id and records it", async () => {
    const { email, tenantId, id } = await person();
    const ip = network();

    const first = await signIn(from(ip), { email: ` ${email.toUpperCase()} `, password });
    const second = await signIn(from(ip), { email, password });

    expect(first.sid).not.toBe(second.sid);
    expect(await loadSession(database.app, first.sid, start)).toMatchObject({
      tenantId,
      user: { id, email, role: "viewer" },
      organisation: { slug: "operator" },
    });
    expect(await newestEvent(tenantId)).toMatchObject({
      actionCode: "session.create",
      actor: email,
      target: `user:${email}`,
      outcome: "done",
      ip,
    });
  });

  it("ends the session that the browser still carried", async () => {
    const { email } = await person();
    const ip = network();
    const old = await signIn(from(ip), { email, password });

    await signIn({ ...from(ip), replaces: old.sid }, { email, password });

    expect(await loadSession(database.app, old.sid, start)).toBeUndefined();
  });

  it("tells wrong, unknown and disabled alike, and records which it was", async () => {
    const known = await person();
    const disabled = await person();
    await disableUser(operator.ctx("admin"), { userId: disabled.id });
    const attempts = [
      { email: known.email, password: "wrong password altogether", reason: "wrong password" },
      { email: "nobody@example.com", password, reason: "unknown account" },
      { email: disabled.email, password, reason: "account disabled" },
    ];
    const told = new Set<string>();
    for (const { reason, ...attempt } of attempts) {
      const { code, message, remedy } = await refusal(signIn(from(network()), attempt));
      told.add(JSON.stringify({ code, message, remedy }));
      expect(await newestEvent(operator.tenantId)).toMatchObject({
        actionCode: "session.create",
        outcome: "denied",
        reason,
      });
    }
    expect(told.size).toBe(1);
  });

  it("never writes a password or an unknown address into the trail", async () => {
    await refusal(
      signIn(from(network()), { email: "hunter2@example.com", password: "pa55-in-trail" }),
    );

    const text = JSON.stringify(await newestEvent(operator.tenantId), (_, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    expect(text).not.toMatch(/hunter2|pa55-in-trail/);
  });

  it("records a failure in the organisation of the account", async () => {
    const other = await createTestTenant(database, { slug: `other-${randomUUID()}` });
    const { email } = await person(other);

    await refusal(signIn(from(network()), { email, password: "not the password" }));

    expect(await newestEvent(other.tenantId)).toMatchObject({ reason: "wrong password" });
  });

  it.each([{}, null, { email: "x", password }, { email: "a@b.example", password: "" }])(
    "refuses %j like a wrong password",
    async (input) => {
      expect((await refusal(signIn(from(network()), input))).code).toBe("unauthenticated");
    },
  );
});

describe("throttling", () => {
  it("of twelve guesses at the same moment looks at five, and the right password waits too", async () => {
    const { email } = await person();
    const guesses = Array.from({ length: 12 }, (_, index) =>
      refusal(signIn(from(network()), { email, password: `guess number ${index} of many` })),
    );

    const codes = (await Promise.all(guesses)).map(({ code }) => code);

    expect(codes.filter((code) => code === "unauthenticated")).toHaveLength(5);
    expect(codes.filter((code) => code === "rate_limited")).toHaveLength(7);
    const held = await refusal(signIn(from(network()), { email, password }));
    expect(held).toMatchObject({
      code: "rate_limited",
      remedy: expect.stringContaining("1 second"),
    });
    const later = from(network(), after(1));
    expect(await signIn(later, { email, password })).toHaveProperty("sid");
  });

  it("does not keep a person out of a network from which they sign in, whoever guesses elsewhere", async () => {
    const { email } = await person();
    const home = network();
    await signIn(from(home), { email, password });
    for (let guess = 0; guess < 6; guess += 1) {
      await refusal(signIn(from(network()), { email, password: "wrong wrong wrong" }));
    }

    expect((await refusal(signIn(from(network()), { email, password }))).code).toBe("rate_limited");
    expect(await signIn(from(home), { email, password })).toHaveProperty("sid");
  });
});

describe("a session", () => {
  it("ends when it is not used for 30 minutes, and 12 hours after sign-in although it is used", async () => {
    const { email } = await person();
    const idle = await signIn(from(network()), { email, password });
    const used = await signIn(from(network()), { email, password });

    for (let minute = 20; minute < 720; minute += 20) {
      expect(await loadSession(database.app, used.sid, after(minute))).toBeDefined();
    }
    expect(await loadSession(database.app, used.sid, after(720))).toBeUndefined();
    expect(await loadSession(database.app, idle.sid, after(29))).toBeDefined();
    expect(await loadSession(database.app, idle.sid, after(60))).toBeUndefined();
  });

  it("ends at once when its person signs out, and again is nothing", async () => {
    const { email, tenantId } = await person();
    const { sid } = await signIn(from(network()), { email, password });
    const end = { sid, reason: "signed out" as const, ...from("192.0.2.1"), now: start };

    await endSession(database.app, end);
    await endSession(database.app, end);

    expect(await loadSession(database.app, sid, start)).toBeUndefined();
    expect(await newestEvent(tenantId)).toMatchObject({
      actionCode: "session.end",
      actor: email,
      reason: "signed out",
    });
  });

  it.each(["", "x", "0".repeat(64), "' OR 1=1 --"])("does not exist for the id %j", async (sid) => {
    expect(await loadSession(database.app, sid, start)).toBeUndefined();
  });
});

describe("changing one's own password", () => {
  it("ends the other sessions, keeps this one, and the new password counts", async () => {
    const { email, id, tenantId } = await person();
    const ip = network();
    const here = await signIn(from(ip), { email, password });
    const there = await signIn(from(ip), { email, password });
    const session = await loadSession(database.app, here.sid, start);
    const actor = { type: "user" as const, id, email, sessionId: session?.sessionId ?? "" };
    const ctx = operator.ctx("viewer", { actor, ip, now: () => start });
    const newPassword = "seven grey herons at noon";

    const wrong = await refusal(
      changeOwnPassword(ctx, { currentPassword: "not the current one", newPassword }),
    );
    const weak = await refusal(
      changeOwnPassword(ctx, { currentPassword: password, newPassword: "Password1234567" }),
    );
    const changed = await changeOwnPassword(ctx, { currentPassword: password, newPassword });

    expect(wrong.fields).toEqual([{ path: "currentPassword", message: wrong.message }]);
    expect(weak.fields[0]?.path).toBe("newPassword");
    expect(changed).toEqual({ sessionsEnded: 1 });
    expect(await loadSession(database.app, here.sid, start)).toBeDefined();
    expect(await loadSession(database.app, there.sid, start)).toBeUndefined();
    expect(await newestEvent(tenantId)).toMatchObject({ actionCode: "user.changePassword" });
    await refusal(signIn(from(ip), { email, password }));
    expect(await signIn(from(ip), { email, password: newPassword })).toHaveProperty("sid");
  });

  it("is not for tokens", async () => {
    const actor = { type: "token" as const, id: randomUUID(), name: "ci" };
    const change = { currentPassword: password, newPassword: "seven grey herons at noon" };
    expect((await refusal(changeOwnPassword(operator.ctx("admin", { actor }), change))).code).toBe(
      "forbidden",
    );
  });
});
