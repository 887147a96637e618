import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { checkSetupToken, completeSetup } from "#server/services/auth/complete-setup.ts";
import { ensureFirstAdmin } from "#server/services/auth/ensure-first-admin.ts";
import { issueSetupToken, needsSetup } from "#server/services/auth/issue-setup-token.ts";
import { signIn } from "#server/services/auth/sign-in.ts";
import { loadSession } from "#server/services/session/load.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { cloneDatabase, type TestDatabase } from "#server/testing/database.ts";

const start = new Date("2026-11-23T08:00:00.000Z");
const person = {
  organisation: "Harbour Works",
  name: "Mara Lindqvist",
  email: "Mara@Harbour-Works.example",
  password: "copper lantern drifts north",
};

let database: TestDatabase;
beforeEach(async () => {
  database = await cloneDatabase();
});
afterEach(() => database.drop());

const facts = (now = start) => ({
  db: database.app,
  requestId: randomUUID(),
  ip: "192.0.2.1",
  now: () => now,
});

async function signInAs(email: string, password: string) {
  const session = await signIn({ ...facts(), userAgent: undefined }, { email, password });
  return loadSession(database.app, session.sid, start);
}

describe("the set-up link", () => {
  it("makes the operator's organisation and its administrator, who can sign in", async () => {
    expect(await needsSetup(database.app)).toBe(true);
    const { token } = await issueSetupToken(database.app, start);
    expect(await checkSetupToken(facts(), token)).toBe("open");

    await completeSetup(facts(), { token, ...person });

    const session = await signInAs(person.email, person.password);
    expect(session).toMatchObject({
      user: { email: "mara@harbour-works.example", name: "Mara Lindqvist", role: "admin" },
      organisation: { name: "Harbour Works", slug: "harbour-works", operator: true },
    });
    const tenantId = session?.tenantId ?? "";
    const [tenant, events] = await withTenant({ db: database.app, tenantId }, async (tx) => [
      await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } }),
      await tx.auditEvent.findMany({ where: { tenantId }, orderBy: { seq: "asc" } }),
    ]);
    expect(tenant.operator).toBe(true);
    expect(events.map(({ actionCode }) => actionCode)).toEqual([
      "tenant.create",
      "user.create",
      "session.create",
    ]);
    expect(JSON.stringify(events.map(({ payload }) => payload))).not.toMatch(/copper|scrypt/);
    expect(await needsSetup(database.app)).toBe(false);
    expect(await checkSetupToken(facts(), token)).toBe("done");
  });

  it("works for exactly one of two pages that finish at the same moment", async () => {
    const { token } = await issueSetupToken(database.app, start);
    const both = await Promise.allSettled([
      completeSetup(facts(), { token, ...person }),
      completeSetup(facts(), { token, ...person, email: "second@example.com" }),
    ]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const lost = both.find((each) => each.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "conflict" });
  });

  it("does not count when it is older than a day, replaced, or invented", async () => {
    const old = await issueSetupToken(database.app, start);
    const nextDay = new Date(start.getTime() + 24 * 3_600_000);
    expect(await checkSetupToken(facts(nextDay), old.token)).toBe("unusable");
    await expect(
      completeSetup(facts(nextDay), { token: old.token, ...person }),
    ).rejects.toMatchObject({ code: "not_found", remedy: expect.stringContaining("setup-link") });

    const newer = await issueSetupToken(database.app, start);
    expect(await checkSetupToken(facts(), old.token)).toBe("unusable");
    expect(await checkSetupToken(facts(), newer.token)).toBe("open");
    expect(await checkSetupToken(facts(), "x".repeat(43))).toBe("unusable");
    expect(await checkSetupToken(facts(), "")).toBe("unusable");
  });

  it("refuses what does not fit, and can be used afterwards", async () => {
    const { token } = await issueSetupToken(database.app, start);
    const weak = { token, ...person, password: "MaraLindqvistHarbour" };
    await expect(completeSetup(facts(), weak)).rejects.toMatchObject({
      code: "invalid",
      fields: [expect.objectContaining({ path: "password" })],
    });
    const nameless = { token, ...person, organisation: " ", email: "nobody" };
    await expect(completeSetup(facts(), nameless)).rejects.toMatchObject({ code: "invalid" });
    expect(await checkSetupToken(facts(), token)).toBe("open");
  });

  it("is not issued when somebody has an account", async () => {
    await ensureFirstAdmin(database.app, person);
    await expect(issueSetupToken(database.app, start)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("the unattended first administrator", () => {
  it("is made once, and the set-up link ends", async () => {
    const { token } = await issueSetupToken(database.app, start);
    expect(await ensureFirstAdmin(database.app, person)).toEqual({ created: true });
    expect(await ensureFirstAdmin(database.app, person)).toEqual({ created: false });
    expect(await signInAs(person.email, person.password)).toMatchObject({
      user: { role: "admin" },
    });
    expect(await checkSetupToken(facts(), token)).toBe("done");
  });

  it("joins the operator's organisation when there is one already", async () => {
    const { tenantId } = await createTenant(database.app, {
      slug: "demo",
      name: "Demo",
      operator: true,
    });
    await ensureFirstAdmin(database.app, person);
    expect(await signInAs(person.email, person.password)).toMatchObject({ tenantId });
  });

  it("needs a password that is not the first that a guesser tries", async () => {
    const weak = { ...person, password: "Password1234567" };
    await expect(ensureFirstAdmin(database.app, weak)).rejects.toMatchObject({ code: "invalid" });
  });
});
