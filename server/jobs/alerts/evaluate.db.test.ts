import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { handshakeRefusal } from "#server/gateway/mqtt/handshake-failure.ts";
import { evaluateAlerts } from "#server/jobs/alerts/evaluate.ts";
import { quickWatches, slowWatches, type Watch } from "#server/jobs/alerts/observe.ts";
import { createLog } from "#server/observability/log.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

const dayMs = 86_400_000;
const start = new Date("2027-01-01T00:00:00Z");
const day = (count: number): Date => new Date(start.getTime() + count * dayMs);
const log = createLog({ name: "test", level: "silent" });

let database: TestDatabase;
let owner: pg.Client;
let acme: TestTenant;
let works: TestTenant;
let now = start;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  acme = await createTestTenant(database, { slug: "acme", operator: true });
  works = await createTestTenant(database, { slug: "works" });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  await owner.query(`TRUNCATE alert, certificate, device, certificate_authority, certificate_revocation_list,
    server_certificate, trust_anchor, customer_ca, enrolment_group, refused_connection, certificate_revocation,
    rotation_campaign, tls_probe_run, device_connection_event, alert_channel CASCADE`);
});

const evaluate = (watches: readonly Watch[] = [...quickWatches, ...slowWatches], limit?: number) =>
  evaluateAlerts({ db: database.ingest, log, now: () => now.getTime() }, watches, limit);

/** What of the slow rules follows the calendar. */
const endings = slowWatches.filter(({ rules }) => rules.some((rule) => rule.endsWith("-ending")));

type Certificate = {
  readonly from: number;
  readonly to: number;
  readonly state?: string;
  readonly key?: string;
  readonly spki?: string;
  readonly issued?: number;
  readonly activated?: boolean;
};

async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const names = Object.keys(row).map((name) => `"${name}"`);
  const holes = names.map((_, index) => `$${index + 1}`);
  await owner.query(
    `INSERT INTO "${table}" (${names.join(", ")}) VALUES (${holes.join(", ")})`,
    Object.values(row),
  );
}

async function makeDevice(deviceId: string, of = acme): Promise<{ id: string; key: string }> {
  const { rows } = await owner.query<{ id: string; key: string }>(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by) VALUES ($1, $2, $2, $3, 'test') RETURNING id, key`,
    [of.tenantId, deviceId, of.profileId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("No device.");
  return row;
}

async function makeCertificate(
  deviceUuid: string,
  of: Certificate,
  tenant = acme,
): Promise<string> {
  const id = randomUUID();
  const activated = of.activated ?? of.state !== "issued";
  await insert("certificate", {
    tenant_id: tenant.tenantId,
    id,
    device_id: deviceUuid,
    sha256: id.replaceAll("-", ""),
    serial: id,
    issuer: "CN=CA",
    subject: "CN=x",
    spki_sha256: of.spki ?? id,
    key_algorithm: of.key ?? "EC P-256",
    not_before: day(of.from),
    not_after: day(of.to),
    state: of.state ?? "active",
    pem: "",
    issued_at: day(of.issued ?? of.from),
    issued_by: "test",
    activated_at: activated ? day(of.from) : null,
  });
  return id;
}

async function setPolicy(policy: object, of = acme): Promise<void> {
  await owner.query("UPDATE profile SET certificate_policy = $2 WHERE id = $1", [
    of.profileId,
    JSON.stringify(policy),
  ]);
}

async function makeAuthority(kind: string, to: number, more: object = {}): Promise<void> {
  await insert("certificate_authority", {
    sha256: randomUUID(),
    kind,
    subject: `CN=${kind}`,
    pem: "",
    not_before: day(-400),
    not_after: day(to),
    created_at: day(-400),
    key_place: "absent",
    ...more,
  });
}

/** Day, kind, rule and step of every event, in the order of time. */
async function told(): Promise<readonly (readonly [number, string, string, string])[]> {
  const { rows } = await owner.query<{ at: Date; kind: string; rule: string; step: string }>(
    `SELECT e.at, e.kind, a.rule, e.step FROM alert_event e JOIN alert a ON a.id = e.alert_id ORDER BY e.at, a.rule, e.step`,
  );
  return rows.map(({ at, kind, rule, step }) => [
    Math.round((at.getTime() - start.getTime()) / dayMs),
    kind,
    rule,
    step,
  ]);
}

async function standing(): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await owner.query<Record<string, unknown>>(
    `SELECT rule, step, state::text, severity, subject_name AS subject, data->>'path' AS path, tenant_id AS tenant
     FROM alert WHERE state <> 'resolved' ORDER BY rule, subject_name`,
  );
  return rows;
}

/** Each day of the last weeks of the certificates; else the days on which something is due, with their neighbours. */
const walked = Array.from({ length: 366 }, (_, on) => on).filter(
  (on) =>
    (on >= 48 && on <= 86) ||
    [0, 20, 90, 106, 110, 113, 119, 120, 160, 170, 200, 250, 310, 340, 360, 362].some(
      (due) => Math.abs(on - due) <= 1,
    ),
);

describe("with a fake clock", () => {
  it("every alert of a year fires on its day and once", async () => {
    await setPolicy({ renewal: "manual", alertDays: [30, 14, 7, 1] });
    await setPolicy({ renewal: "automatic" }, works);
    const pump = await makeDevice("pump-17");
    const valve = await makeDevice("valve-1", works);
    const manual = await makeCertificate(pump.id, { from: -10, to: 80 });
    await makeCertificate(valve.id, { from: -10, to: 80 }, works);
    await makeAuthority("issuing", 340);
    await insert("server_certificate", {
      sha256: "ab",
      source: "file",
      subject: "CN=host",
      issuer: "x",
      serial: "1",
      pem: "",
      hosts: ["broker.example"],
      key_algorithm: "EC P-256",
      not_before: day(0),
      not_after: day(120),
    });
    await insert("trust_anchor", {
      tenant_id: works.tenantId,
      name: "Old root",
      sha256: "cd",
      subject: "CN=Old",
      pem: "",
      not_before: day(-900),
      not_after: day(200),
      created_by: "test",
    });
    await insert("certificate_revocation_list", {
      issuer_sha256: (
        await owner.query<{ s: string }>("SELECT sha256 AS s FROM certificate_authority")
      ).rows[0]?.s,
      number: 1,
      kind: "full",
      this_update: day(355),
      next_update: day(362),
      der: Buffer.alloc(0),
      entries: 0,
    });
    for (const today of walked) {
      now = day(today);
      // On the 85th day, five after its end, the pump gets its next certificate.
      if (today === 85) {
        await owner.query("UPDATE certificate SET state = 'superseded' WHERE id = $1", [manual]);
        await makeCertificate(pump.id, { from: 85, to: 800 });
      }
      await evaluate(today < 350 ? endings : undefined);
    }

    const due = new Map(Object.entries(Object.groupBy(await told(), ([, , rule]) => rule)));
    const steps = (rule: string) => due.get(rule)?.map(([on, kind, , step]) => [on, kind, step]);
    expect(steps("certificate-ending")).toEqual([
      [50, "fired", "30"],
      [66, "escalated", "14"],
      [73, "escalated", "7"],
      [79, "escalated", "1"],
      [80, "escalated", "expired"],
      [85, "resolved", "expired"],
    ]);
    expect(steps("renewal-overdue")?.map(([, kind, step]) => [kind, step])).toEqual([
      ["fired", "overdue"],
      ["escalated", "critical"],
      ["escalated", "expired"],
    ]);
    expect(steps("authority-ending")).toEqual([
      [0, "fired", "365"],
      [160, "escalated", "180"],
      [250, "escalated", "90"],
      [310, "escalated", "30"],
      [340, "escalated", "expired"],
    ]);
    expect(steps("server-certificate-ending")?.map(([on]) => on)).toEqual([90, 106, 113, 119, 120]);
    expect(steps("trust-anchor-ending")?.map(([on]) => on)).toEqual([0, 20, 110, 170, 200]);
    expect(steps("crl-late")).toEqual([
      [360, "fired", "late"],
      [362, "escalated", "expired"],
    ]);
    const of = Object.fromEntries((await standing()).map(({ rule, tenant }) => [rule, tenant]));
    expect(of).toMatchObject({
      "renewal-overdue": works.tenantId,
      "trust-anchor-ending": works.tenantId,
      "authority-ending": acme.tenantId,
    });
  });

  it("one that goes back tells nothing twice, and what was missed counts once", async () => {
    await setPolicy({});
    const pump = await makeDevice("pump-17");
    await makeCertificate(pump.id, { from: 0, to: 40 });
    for (const today of [10, 9.9, 8.5, 10, 35, 34.9, 26, 35]) {
      now = day(today);
      await evaluate();
    }
    expect((await told()).map(([, kind, , step]) => [kind, step])).toEqual([
      ["fired", "30"],
      ["escalated", "7"],
    ]);
  });
});

describe("what is seen", () => {
  it("is told once for each rule and subject, with its page, and ends when it is gone", async () => {
    now = day(10);
    const pump = await makeDevice("pump-17");
    const valve = await makeDevice("valve-1");
    const shared = { from: 0, to: 300, spki: "same", key: "RSA 2048" };
    const first = await makeCertificate(pump.id, shared);
    await makeCertificate(valve.id, shared);
    const unused = await makeCertificate(pump.id, { from: 8, to: 310, state: "issued" });
    const remote = "10.0.0.9";
    await insert("certificate_revocation", {
      tenant_id: acme.tenantId,
      certificate_id: first,
      sha256: "ef",
      device_key: pump.key,
      kind: "revoked",
      reason: "key_compromise",
      at: day(1),
      by: "test",
      attempts: 2,
      last_attempt_at: day(9),
      last_attempt_remote: remote,
    });
    const { detail } = handshakeRefusal(
      Object.assign(new Error(), { code: "ERR_SSL_TLSV1_ALERT_CERTIFICATE_EXPIRED" }),
    );
    await insert("refused_connection", {
      tenant_id: acme.tenantId,
      claimed_id: "",
      reason: "handshake",
      detail,
      remedy: "",
      remote,
      transport: "mqtts",
      count: 4,
      first_at: day(9.5),
      last_at: day(9.8),
    });
    await insert("rotation_campaign", {
      tenant_id: acme.tenantId,
      name: "June",
      target: "{}",
      waves: "[]",
      per_minute: 1,
      state: "halted",
      halted_for: "12 % failed.",
      created_by: "test",
    });
    await insert("tls_probe_run", {
      started_at: day(9),
      finished_at: day(9.1),
      worker_id: randomUUID(),
      profile: "modern",
      requested_by: "schedule",
      cells: 80,
      wrong: 1,
    });
    await makeAuthority("root", 3000, { key_place: "file" });
    for (const [index, place] of ["10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.2"].entries()) {
      await insert("device_connection_event", {
        tenant_id: acme.tenantId,
        device_key: pump.key,
        at: new Date(now.getTime() - (5 - index) * 60_000),
        kind: "connected",
        remote_address: place,
        client_id: "pump-17",
        protocol: "MQTT 5",
        certificate_sha256: first.replaceAll("-", ""),
      });
    }

    expect(await evaluate()).toMatchObject({ raised: 9, escalated: 0, resolved: 0 });
    expect(await evaluate()).toMatchObject({ raised: 0, escalated: 0, resolved: 0 });
    expect((await standing()).map(({ rule, path }) => [rule, path])).toEqual([
      ["campaign-halted", expect.stringContaining("/certificates/campaigns/") as string],
      ["clock-off", "/refused"],
      ["key-sunset", "/certificates/inventory"],
      ["revoked-trying", expect.stringContaining("/certificates/revocations/") as string],
      ["root-online", "/certificates/authorities"],
      ["rotation-stalled", `/certificates/${unused}`],
      ["shared-key", "/devices/pump-17"],
      ["tls-wrong", "/certificates/tls"],
      ["two-places", `/certificates/${first}`],
    ]);

    await owner.query("UPDATE certificate SET state = 'revoked'");
    await owner.query("UPDATE rotation_campaign SET state = 'running'");
    await owner.query("UPDATE tls_probe_run SET wrong = 0");
    await owner.query("UPDATE certificate_authority SET key_place = 'absent'");
    now = day(10.5);
    expect(await evaluate()).toMatchObject({ raised: 0, resolved: 6 });
    now = day(20);
    expect(await evaluate()).toMatchObject({ raised: 0, resolved: 3 });
    expect(await standing()).toEqual([]);
  });

  it("of very much is told in part, and nothing ends because it was not looked at", async () => {
    now = day(20);
    for (const name of ["a", "b", "c"]) {
      await makeCertificate((await makeDevice(name)).id, { from: 0, to: 21 });
    }
    expect(await evaluate(slowWatches, 2)).toMatchObject({ raised: 2 });
    expect(await evaluate(slowWatches, 3)).toMatchObject({ raised: 1 });
    expect(await evaluate(slowWatches, 2)).toMatchObject({ resolved: 0 });
  });

  it("by a rule that cannot look leaves its alerts as they are", async () => {
    now = day(20);
    await makeCertificate((await makeDevice("a")).id, { from: 0, to: 21 });
    await evaluate();
    const [first, ...others] = slowWatches;
    if (first === undefined) throw new Error("There are no rules.");
    const broken = { ...first, look: () => Promise.reject(new Error("The database is away.")) };
    expect(await evaluate([broken, ...others])).toMatchObject({ resolved: 0 });
    expect(await standing()).toHaveLength(1);
  });
});

describe("a bad day", () => {
  it("of 300 certificates is one evaluation, and one group to send for each channel", async () => {
    now = day(20);
    await owner.query(
      `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by)
       SELECT $1, 'bulk-' || n, 'Bulk ' || n, $2, 'test' FROM generate_series(1, 300) n`,
      [acme.tenantId, acme.profileId],
    );
    await owner.query(
      `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256, key_algorithm,
         not_before, not_after, state, pem, issued_by)
       SELECT tenant_id, id, md5(id::text), '1', 'CN=CA', 'CN=x', id, 'EC P-256', $1, $2, 'active', '', 'test' FROM device`,
      [day(0), day(40)],
    );
    for (const [name, severity] of [
      ["all", "warning"],
      ["grave", "critical"],
    ]) {
      await insert("alert_channel", {
        tenant_id: acme.tenantId,
        name,
        kind: "email",
        target: "a@example.com",
        min_severity: severity,
        created_by: "test",
      });
    }

    expect(await evaluate()).toMatchObject({ raised: 300 });

    const { rows } = await owner.query<{ name: string; events: number; groups: number }>(
      `SELECT c.name, count(*)::integer AS events, count(DISTINCT d.next_at)::integer AS groups
       FROM alert_delivery d JOIN alert_channel c ON c.id = d.channel_id GROUP BY c.name`,
    );
    expect(rows).toEqual([{ name: "all", events: 300, groups: 1 }]);
  });
});
