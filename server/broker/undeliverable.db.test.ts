import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { endMqttSession } from "#server/services/mqtt-session/end.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
let tenant: TestTenant;
let device: { readonly deviceId: string; readonly deviceKey: bigint };
const worker = randomUUID();

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  tenant = await createTestTenant(database, { slug });
  device = await createIngestDevice(database, tenant, `${slug}-1`);
});

type Queued = { readonly topic: string; readonly expires?: string; readonly qos?: number };

/** A kept session of the device that is away, with what waits for it. */
async function insertSession(messages: readonly Queued[], expiresAt?: string): Promise<string> {
  const key = `d:${device.deviceKey} ${device.deviceId}`;
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO mqtt_session (tenant_id, session_key, owner_kind, device_key, client_id, generation, connected_at,
       expiry_seconds, expires_at, next_seq, queued_count, queued_bytes)
     VALUES ($1, $2, 'device', $3, $4, 1, now(), 3600, $5, 100, $6, 0) RETURNING id`,
    [
      tenant.tenantId,
      key,
      device.deviceKey.toString(),
      device.deviceId,
      expiresAt ?? null,
      messages.length,
    ],
  );
  const id = rows[0]?.id ?? "";
  for (const [index, { topic, expires, qos = 1 }] of messages.entries()) {
    await owner.query(
      `INSERT INTO mqtt_queued_message (tenant_id, session_id, seq, topic, payload, forwarded, qos, retain, identifiers,
         received_at, expires_at)
       VALUES ($1, $2, $3, $4, '{"on":true}', '', $5, false, '{}', now(), $6)`,
      [tenant.tenantId, id, index + 1, topic, qos, expires ?? null],
    );
  }
  return id;
}

async function letters(): Promise<unknown[]> {
  const { rows } = await owner.query(
    `SELECT l.direction, l.reason, l.topic, l.error_kind, l.payload::text, g.open::integer
     FROM dead_letter l JOIN dead_letter_group g USING (tenant_id, fingerprint)
     WHERE l.tenant_id = $1 ORDER BY l.topic`,
    [tenant.tenantId],
  );
  return rows;
}

const down = (rest: string): string => `qs/v1/d/${device.deviceId}/dn/${rest}`;
const past = "2020-01-01T00:00:00Z";

it("a command that expires in the queue of a device is kept as undeliverable", async () => {
  await insertSession([
    { topic: down("command/reboot/1"), expires: past },
    { topic: down("command/reboot/2"), expires: past },
    { topic: down("command/reboot/3") },
    { topic: "plant/weather", expires: past },
  ]);

  await database.ingest.pool.query("SELECT mqtt_sweep($1, 100, false, true)", [worker]);

  const kept = {
    direction: "outbound",
    reason: "expired",
    error_kind: "dn/command/reboot",
    payload: "\\x7b226f6e223a747275657d",
    open: 2,
  };
  expect(await letters()).toEqual([
    { ...kept, topic: down("command/reboot/1") },
    { ...kept, topic: down("command/reboot/2") },
  ]);
  const { rows } = await owner.query(
    "SELECT count(*)::integer AS left FROM mqtt_queued_message WHERE tenant_id = $1",
    [tenant.tenantId],
  );
  expect(rows).toEqual([{ left: 1 }]);
});

it("what waits in a session that expires, or that an operator ends, is kept as well", async () => {
  await insertSession([{ topic: down("desired") }, { topic: down("time"), qos: 0 }], past);
  await database.ingest.pool.query("SELECT mqtt_sweep($1, 100, false, true)", [worker]);
  const id = await insertSession([{ topic: down("command/stop/9") }]);

  await endMqttSession(tenant.ctx("operator"), { sessionId: id });

  expect(await letters()).toMatchObject([
    { reason: "session-ended", topic: down("command/stop/9"), open: 1 },
    { reason: "session-ended", topic: down("desired"), open: 1 },
  ]);
});
