import { createHash, randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import pg from "pg";
import { disconnectOrphanedDevices } from "#server/db/disconnect-orphaned-devices.ts";
import { findRefusalOwners } from "#server/db/find-refusal-owners.ts";
import { upsertRefusedConnections } from "#server/db/upsert-refused-connections.ts";
import { writeDeviceContacts } from "#server/db/write-device-contacts.ts";
import { writeDeviceSessions } from "#server/db/write-device-sessions.ts";
import { activate } from "#server/gateway/identify/activate.ts";
import { createRegistry } from "#server/gateway/identify/registry.ts";
import { createRefusals } from "#server/gateway/refusals.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let owner: pg.Client;
let acme: TestTenant;
let operator: TestTenant;
const sha256 = "ab".repeat(32);

type Made = { readonly id: string; readonly key: bigint };

async function insertDevice(tenant: TestTenant, deviceId: string): Promise<Made> {
  const { rows } = await owner.query<{ id: string; key: string }>(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by)
     VALUES ($1, $2, $2, $3, 'test') RETURNING id, key`,
    [tenant.tenantId, deviceId, tenant.profileId],
  );
  return { id: rows[0]!.id, key: BigInt(rows[0]!.key) };
}

async function statusOf(key: bigint) {
  const { rows } = await owner.query(`SELECT * FROM device_status WHERE device_key = $1`, [
    key.toString(),
  ]);
  return rows[0];
}

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  operator = await createTestTenant(database, { slug: "operator", operator: true });
  acme = await createTestTenant(database, { slug: "acme" });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

describe("the registry", () => {
  let pump: Made;
  const clock = { now: 1_000_000 };

  beforeAll(async () => {
    pump = await insertDevice(acme, "pump-17");
    await owner.query(
      `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256,
         key_algorithm, not_before, not_after, pem, issued_by)
       VALUES ($1, $2, $3, '1', 'i', 's', 'x', 'EC P-256', '2026-01-01Z', '2026-04-01Z', 'pem', 't')`,
      [acme.tenantId, pump.id, sha256],
    );
    const hash = (token: string) => createHash("sha256").update(token).digest();
    await owner.query(
      `INSERT INTO device_credential (tenant_id, device_id, kind, secret_hash, created_by, revoked_at)
       VALUES ($1, $2, 'token', $3, 't', NULL), ($1, $2, 'token', $4, 't', now())`,
      [acme.tenantId, pump.id, hash("good"), hash("revoked")],
    );
  });

  const registry = () => createRegistry({ db: database.ingest, now: () => clock.now });

  test("finds a certificate by fingerprint over all tenants, with its device", async () => {
    expect(await registry().certificate(sha256)).toMatchObject({
      sha256,
      state: "issued",
      notAfter: new Date("2026-04-01Z"),
      device: {
        tenantId: acme.tenantId,
        deviceKey: pump.key,
        id: pump.id,
        deviceId: "pump-17",
        profileId: acme.profileId,
        state: "active",
      },
    });
    expect(await registry().certificate("00".repeat(32))).toBeUndefined();
  });

  test("finds a device's valid tokens and not its revoked ones", async () => {
    const found = await registry().credentials("pump-17");
    expect(found?.device.deviceKey).toBe(pump.key);
    expect(found?.secretHashes).toEqual([createHash("sha256").update("good").digest()]);
    expect(await registry().credentials("pump-18")).toBeUndefined();
  });

  test("remembers for a minute, forgets when told", async () => {
    const known = registry();
    await known.certificate(sha256);
    await owner.query(`UPDATE certificate SET state = 'revoked' WHERE sha256 = $1`, [sha256]);
    expect((await known.certificate(sha256))?.state).toBe("issued");
    known.forget(pump.key);
    expect((await known.certificate(sha256))?.state).toBe("revoked");
    await owner.query(`UPDATE certificate SET state = 'issued' WHERE sha256 = $1`, [sha256]);
    expect((await known.certificate(sha256))?.state).toBe("revoked");
    clock.now += 60_001;
    expect((await known.certificate(sha256))?.state).toBe("issued");
  });

  test("remembers for a second that there is nothing", async () => {
    const known = registry();
    expect(await known.credentials("late-1")).toBeUndefined();
    await insertDevice(acme, "late-1");
    expect(await known.credentials("late-1")).toBeUndefined();
    clock.now += 1_001;
    expect(await known.credentials("late-1")).toBeDefined();
  });

  test("reads again when something changed while it read", async () => {
    const known = registry();
    const reading = known.certificate(sha256);
    known.forget(pump.key);
    expect((await reading)?.state).toBe("issued");
  });

  test("the first connection takes the certificate into use, once, with its audit event", async () => {
    const record = await registry().certificate(sha256);
    const at = { now: new Date("2026-03-01Z"), remote: "10.1.2.3" };
    expect(await activate(database.ingest, record!, at)).toBe(true);
    expect(await activate(database.ingest, record!, at)).toBe(false);
    const { rows } = await owner.query(`SELECT state, activated_at FROM certificate`);
    expect(rows).toEqual([{ state: "active", activated_at: at.now }]);
    const audit = await owner.query(
      `SELECT actor, ip, target FROM audit_event WHERE action_code = 'certificate.activate'`,
    );
    expect(audit.rows).toEqual([
      { actor: "system:listener", ip: "10.1.2.3", target: "device:pump-17" },
    ]);
  });

  test("taking a newer certificate into use supersedes the one in use", async () => {
    await owner.query(`
      INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256,
        key_algorithm, not_before, not_after, pem, issued_by)
      SELECT tenant_id, device_id, repeat('b', 64), 'newer', issuer, subject, repeat('b', 64),
        key_algorithm, not_before, not_after, pem, issued_by FROM certificate WHERE sha256 = '${sha256}'`);
    const newer = await registry().certificate("b".repeat(64));

    await activate(database.ingest, newer!, { now: new Date("2026-03-02Z"), remote: "10.1.2.3" });

    const { rows } = await owner.query(`SELECT sha256, state FROM certificate ORDER BY sha256`);
    expect(rows).toContainEqual({ sha256, state: "superseded" });
    expect(rows).toContainEqual({ sha256: "b".repeat(64), state: "active" });
  });
});

describe("refused connections", () => {
  test("grow in number, and belong to the claimed device's tenant or to the operator", async () => {
    const device = await insertDevice(acme, "valve-1");
    const refusals = createRefusals({
      store: {
        owners: (ids) => findRefusalOwners(database.ingest, ids),
        upsert: (rows) => upsertRefusedConnections(database.ingest, rows),
      },
      live: { emit: () => undefined },
      log: pino({ level: "silent" }),
      now: Date.now,
    });
    const refuse = (claimedId: string) =>
      refusals.record(
        {
          claimedId,
          tenantId: null,
          deviceKey: null,
          sha256,
          remote: "10.1.2.3",
          transport: "mqtts",
        },
        { cause: "unknown-ca", detail: "d", remedy: "r" },
      );
    refuse("valve-1");
    refuse("valve-1");
    refuse("nobody\0");
    await refusals.flush();
    refuse("valve-1");
    await refusals.stop();
    const { rows } = await owner.query(
      `SELECT tenant_id, claimed_id, device_key, count FROM refused_connection ORDER BY claimed_id`,
    );
    expect(rows).toEqual([
      { tenant_id: operator.tenantId, claimed_id: "nobody\u{fffd}", device_key: null, count: "1" },
      {
        tenant_id: acme.tenantId,
        claimed_id: "valve-1",
        device_key: device.key.toString(),
        count: "3",
      },
    ]);
  });
});

describe("device status", () => {
  const workerId = randomUUID();
  const row = (deviceKey: bigint, more: object = {}) => ({
    tenantId: acme.tenantId,
    deviceKey,
    connected: true,
    workerId,
    connectedAt: new Date("2026-03-01T10:00:00Z"),
    disconnectedAt: null,
    disconnectReason: null,
    remoteAddress: "10.1.2.3",
    clientId: "c",
    protocol: "MQTT 5.0",
    tlsVersion: "TLSv1.3",
    tlsCipher: "TLS_AES_128_GCM_SHA256",
    certificateSha256: sha256,
    ...more,
  });
  const left = {
    connected: false,
    disconnectedAt: new Date("2026-03-01T11:00:00Z"),
    disconnectReason: "connection lost",
  };

  test("keeps the newest connection and the newest message apart", async () => {
    const { key } = await insertDevice(acme, "status-1");
    const contact = (time: string) => ({
      tenantId: acme.tenantId,
      deviceKey: key,
      lastMessageAt: new Date(time),
      firmware: null,
    });
    await writeDeviceContacts(database.ingest, [contact("2026-03-01T10:30:00Z")]);
    await writeDeviceSessions(database.ingest, [row(key)]);
    await writeDeviceContacts(database.ingest, [contact("2026-03-01T10:20:00Z")]);
    expect(await statusOf(key)).toMatchObject({
      connected: true,
      worker_id: workerId,
      last_message_at: new Date("2026-03-01T10:30:00Z"),
      tls_version: "TLSv1.3",
    });
    await writeDeviceSessions(database.ingest, [row(key, left)]);
    expect(await statusOf(key)).toMatchObject({
      connected: false,
      disconnect_reason: "connection lost",
    });
  });

  test("a disconnect told by a worker that lost the device to another one changes nothing", async () => {
    const { key } = await insertDevice(acme, "status-2");
    await writeDeviceSessions(database.ingest, [row(key, { workerId: randomUUID() })]);
    await writeDeviceSessions(database.ingest, [row(key, left)]);
    expect(await statusOf(key)).toMatchObject({ connected: true });
  });

  test("a device that is unknown meanwhile does not hinder the others", async () => {
    const { key } = await insertDevice(acme, "status-3");
    await writeDeviceSessions(database.ingest, [row(999_999n), row(key)]);
    expect(await statusOf(key)).toMatchObject({ connected: true });
  });

  test("devices of a worker without a heartbeat are marked disconnected", async () => {
    const { key: lost } = await insertDevice(acme, "status-4");
    const { key: held } = await insertDevice(acme, "status-5");
    const alive = randomUUID();
    await owner.query(
      `INSERT INTO worker_instance (id, host, pid, bus_path, started_at, heartbeat_at)
       VALUES ($1, 'h', 1, 'p', now(), now()), ($2, 'h', 2, 'p', now(), now() - interval '1 minute')`,
      [alive, workerId],
    );
    await writeDeviceSessions(database.ingest, [row(lost), row(held, { workerId: alive })]);
    expect(await disconnectOrphanedDevices(database.ingest, 15)).toBeGreaterThan(0);
    expect(await statusOf(lost)).toMatchObject({ connected: false });
    expect(await statusOf(held)).toMatchObject({ connected: true });
  });
});
