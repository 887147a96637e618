import { afterAll, beforeAll, describe, expect, it } from "vitest";
import pg from "pg";
import { showOverview } from "#server/services/overview/show.ts";
import { judgeAll } from "#server/testing/presence.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

const now = new Date("2026-11-23T12:00:30.000Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

let database: TestDatabase;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "north" });
  other = await createTestTenant(database, { slug: "south" });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    await fill(owner, tenant);
    await fillInstallation(owner, tenant);
    await judgeAll(database, now);
  } finally {
    await owner.end();
  }
});
afterAll(async () => {
  await database.drop();
});

async function fill(owner: pg.Client, { tenantId, profileId }: TestTenant) {
  await owner.query("SELECT set_config('app.tenant', $1, false)", [tenantId]);
  const devices = await owner.query<{ id: string; key: string }>(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, state, created_by)
     VALUES ($1, 'a', 'a', $2, 'active', 't'), ($1, 'b', 'b', $2, 'active', 't'), ($1, 'c', 'c', $2, 'decommissioned', 't')
     RETURNING id, key`,
    [tenantId, profileId],
  );
  const [first, second, gone] = devices.rows;
  await owner.query(
    `INSERT INTO device_status (tenant_id, device_key, disconnected_at) VALUES ($1, $2, $3)`,
    [tenantId, first!.key, ago(60)],
  );
  for (const [device, days, tag] of [
    [first, 3, "1"],
    [second, -1, "2"],
    [gone, 5, "3"],
  ] as const) {
    await owner.query(
      `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256, key_algorithm, not_before, not_after, state, pem, issued_by)
       VALUES ($1, $2, $3, $3, 'i', 's', $3, 'EC', $4, $5, 'active', 'p', 't')`,
      [tenantId, device!.id, tag, ago(86_400), ago(-days * 86_400)],
    );
  }
  await owner.query(
    `INSERT INTO ledger_minute (tenant_id, minute, transport, profile_id, outcome, reason, count) VALUES
      ($1, '2026-11-23T11:59Z', 'mqtt', $2, 'received', '', 600), ($1, '2026-11-23T11:59Z', 'mqtt', $2, 'stored', '', 590),
      ($1, '2026-11-23T11:59Z', 'mqtt', $2, 'dead_lettered', 'not-json', 9),
      ($1, '2026-11-23T08:00Z', 'mqtt', $2, 'received', '', 1200), ($1, '2026-11-23T08:00Z', 'mqtt', $2, 'stored', '', 1200),
      ($1, '2026-11-21T08:00Z', 'mqtt', $2, 'received', '', 7777)`,
    [tenantId, profileId],
  );
  await owner.query(
    `INSERT INTO refused_connection (tenant_id, claimed_id, reason, detail, remedy, remote, transport, first_at, last_at)
     VALUES ($1, 'x', 'r', 'why', 'what helps', '192.0.2.1', 'mqtts', $2, $2)`,
    [tenantId, ago(120)],
  );
}

async function fillInstallation(owner: pg.Client, { tenantId }: TestTenant) {
  await owner.query(
    `INSERT INTO worker_instance (id, host, pid, bus_path, started_at, heartbeat_at)
     VALUES (gen_random_uuid(), 'h', 1, '/x', $1, $1)`,
    [ago(5)],
  );
  await owner.query(
    `INSERT INTO tls_probe_run (started_at, finished_at, worker_id, profile, requested_by, cells, wrong)
     VALUES ($1, $1, gen_random_uuid(), 'p', 'schedule', 40, 2)`,
    [ago(3_600)],
  );
  const campaign = await owner.query<{ id: string }>(
    `INSERT INTO rotation_campaign (tenant_id, name, target, waves, per_minute, state, total, created_by)
     VALUES ($1, 'Spring', '{}', '[]', 60, 'running', 2, 't'), ($1, 'Past', '{}', '[]', 60, 'done', 9, 't')
     RETURNING id`,
    [tenantId],
  );
  await owner.query(
    `INSERT INTO rotation_campaign_device (tenant_id, campaign_id, device_id, wave, state, old_certificate_id)
     SELECT $1, $2, d.id, 0, CASE d.device_id WHEN 'a' THEN 'renewed' ELSE 'waiting' END, c.id
     FROM device d JOIN certificate c ON c.device_id = d.id WHERE d.device_id IN ('a', 'b')`,
    [tenantId, campaign.rows[0]!.id],
  );
}

describe("the overview", () => {
  it("counts presences, and says what a message balance lacks", async () => {
    const view = await showOverview({ ...tenant.ctx("viewer"), now: () => now }, {});
    expect(Object.fromEntries(view.presences.map((each) => [each.presence, each.devices]))).toEqual(
      {
        idle: 1,
        never_seen: 1,
        decommissioned: 1,
      },
    );
    expect(view.messages).toMatchObject({
      received: 1800,
      unaccounted: 1,
      perSecond: 10,
      peak: { perSecond: 20, at: "2026-11-23T08:00:00.000Z" },
    });
    expect(
      view.messages.steps.find((step) => step.at === Date.UTC(2026, 10, 23, 11, 59))?.received,
    ).toBe(10);
    expect(view.refusals).toHaveLength(1);
  });

  it("counts certificates of devices in service by the week in which they end", async () => {
    const { certificates } = await showOverview({ ...tenant.ctx("viewer"), now: () => now }, {});
    expect(certificates.expired).toBe(1);
    expect(certificates.weeks).toHaveLength(12);
    expect(certificates.weeks[0]).toEqual({
      startsAt: "2026-11-23T00:00:00.000Z",
      soon: 1,
      later: 0,
    });
  });

  it("shows another organisation nothing of it", async () => {
    const view = await showOverview({ ...other.ctx("viewer"), now: () => now }, {});
    expect(view.presences).toEqual([]);
    expect(view.messages).toMatchObject({ received: 0, unaccounted: 0, peak: null });
    expect(view.refusals).toEqual([]);
    expect(view.certificates.expired).toBe(0);
  });

  it("tells the campaigns in flight, and how the installation stands", async () => {
    const view = await showOverview({ ...tenant.ctx("admin"), now: () => now }, {});
    expect(view.campaigns).toMatchObject([
      { name: "Spring", state: "running", devices: 2, renewed: 1, failed: 0 },
    ]);
    const states = Object.fromEntries(view.readiness.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({ workers: "ok", jobs: "ok", listeners: "bad" });
    expect(states).toHaveProperty("revocation-lists");
  });

  it("tells a viewer nothing of what the role may not open", async () => {
    const view = await showOverview({ ...tenant.ctx("viewer"), now: () => now }, {});
    expect(view.deadLetters).toBeNull();
    expect(view.readiness.map(({ id }) => id)).toEqual(["workers", "jobs"]);
  });
});
