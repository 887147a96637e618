import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { listAudit } from "#server/services/audit/list.ts";
import { verifyAudit } from "#server/services/audit/verify.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let owner: pg.Client;
let count = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** An organisation with this many events besides those of its creation. */
async function trail(events: number): Promise<TestTenant> {
  count += 1;
  const tenant = await createTestTenant(database, { slug: `trail-${count}` });
  for (let index = 0; index < events; index += 1) {
    const ctx = tenant.ctx("admin");
    await withTenant(ctx, (tx) =>
      appendAudit(tx, ctx, {
        action: index % 2 === 0 ? "device.create" : "token.create",
        target: index % 2 === 0 ? `device:pump-${index}` : `token:ci-${index}`,
        outcome: index % 3 === 0 ? "denied" : "done",
        payload: { index },
      }),
    );
  }
  return tenant;
}

async function tamper(tenant: TestTenant, sql: string): Promise<void> {
  const result = await owner.query(sql.replaceAll("$tenant", `'${tenant.tenantId}'`));
  expect(result.rowCount).toBe(1);
}

describe("the audit trail", () => {
  it("is read in pages, newest first, each event once", async () => {
    const tenant = await trail(11);
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const page = await listAudit(tenant.ctx("auditor"), {
        limit: 4,
        ...(before === undefined ? {} : { before }),
      });
      seen.push(...page.events.map(({ seq }) => seq));
      before = page.next ?? undefined;
    } while (before !== undefined);
    const newest = Number(seen[0]);
    expect(newest).toBeGreaterThanOrEqual(11);
    expect(seen).toEqual(Array.from({ length: newest }, (_, index) => String(newest - index)));
  });

  it("is filtered by actor, action, target, outcome and time", async () => {
    const tenant = await trail(6);
    const ctx = tenant.ctx("admin");
    const targets = async (filter: Parameters<typeof listAudit>[1]) =>
      (await listAudit(ctx, filter)).events.map(({ target }) => target);

    expect(await targets({ target: "device:pump-2" })).toEqual(["device:pump-2"]);
    expect(await targets({ target: "token:" })).toEqual(["token:ci-5", "token:ci-3", "token:ci-1"]);
    expect(await targets({ action: "device." })).toEqual([
      "device:pump-4",
      "device:pump-2",
      "device:pump-0",
    ]);
    expect(await targets({ action: "device" })).toEqual([]);
    expect(await targets({ outcome: "denied" })).toEqual(["token:ci-3", "device:pump-0"]);
    expect(await targets({ actor: "system:test", action: "token.create" })).toHaveLength(3);
    expect(await targets({ to: new Date(0) })).toEqual([]);
    expect(await targets({ from: new Date(0), action: "token." })).toHaveLength(3);
    await expect(targets({ before: "1; DROP" })).rejects.toMatchObject({ code: "invalid" });
  });

  it("is not for every role, and never another organisation's", async () => {
    const tenant = await trail(1);
    for (const role of ["viewer", "operator"] as const) {
      const forbidden = { code: "forbidden" };
      await expect(listAudit(tenant.ctx(role), {})).rejects.toMatchObject(forbidden);
      await expect(verifyAudit(tenant.ctx(role))).rejects.toMatchObject(forbidden);
    }
    const stranger = await trail(0);
    const { events } = await listAudit(stranger.ctx("admin"), { target: "device:" });
    expect(events).toEqual([]);
  });
});

describe("verifying the trail", () => {
  it("finds nothing wrong with one that nobody touched", async () => {
    const tenant = await trail(5);
    const { events } = await listAudit(tenant.ctx("auditor"), { limit: 1 });
    expect(await verifyAudit(tenant.ctx("auditor"))).toMatchObject({
      broken: null,
      events: events[0]?.seq,
      head: events[0]?.hash,
    });
  });

  it.each([
    [
      "a changed target",
      "UPDATE audit_event SET target = 'x' WHERE tenant_id = $tenant AND seq = 3",
      "3",
    ],
    [
      "a changed payload",
      "UPDATE audit_event SET payload = '{}' WHERE tenant_id = $tenant AND seq = 4",
      "4",
    ],
    [
      "a changed time",
      "UPDATE audit_event SET at = at + interval '1 ms' WHERE tenant_id = $tenant AND seq = 2",
      "2",
    ],
    ["a deleted event", "DELETE FROM audit_event WHERE tenant_id = $tenant AND seq = 3", "3"],
    [
      "an erased payload",
      "UPDATE audit_event SET payload = NULL, salt = NULL WHERE tenant_id = $tenant AND seq = 3",
      "3",
    ],
    [
      "the newest event deleted",
      "DELETE FROM audit_event WHERE tenant_id = $tenant AND seq = (SELECT max(seq) FROM audit_event WHERE tenant_id = $tenant)",
      "7",
    ],
    ["a head set back", "UPDATE audit_head SET seq = seq - 1 WHERE tenant_id = $tenant", "6"],
  ])("finds %s", async (_, sql, seq) => {
    const tenant = await trail(6);
    await tamper(tenant, sql);
    const { broken } = await verifyAudit(tenant.ctx("auditor"));
    expect(broken).toMatchObject({ seq });
  });

  it("the application itself can neither change nor delete an event", async () => {
    const tenant = await trail(1);
    const { tenantId } = tenant;
    const at = { db: database.app, tenantId };
    await expect(
      withTenant(at, (tx) => tx.auditEvent.updateMany({ data: { target: "x" } })),
    ).rejects.toThrow(/permission denied/);
    await expect(withTenant(at, (tx) => tx.auditEvent.deleteMany())).rejects.toThrow(
      /permission denied/,
    );
  });
});
