import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startReplays, type RunningReplays } from "#server/ingest/replay/start.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Context } from "#server/services/context.ts";
import { listDeadLetterGroups } from "#server/services/dead-letter/list-groups.ts";
import { listDeadLetters } from "#server/services/dead-letter/list.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";
import { showDeadLetterRun } from "#server/services/dead-letter/show-run.ts";
import { showDeadLetter } from "#server/services/dead-letter/show.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import { tryDeadLetters } from "#server/services/dead-letter/try.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
let replays: RunningReplays;
let operator: Context;
let tenantId: string;
let device: DeviceIdentity;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  replays = startReplays({
    db: database.ingest,
    log: pino({ level: "silent" }),
    clock: () => performance.timeOrigin + performance.now(),
    workerId: randomUUID(),
  });
});
afterAll(async () => {
  await replays.stop();
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  tenantId = tenant.tenantId;
  operator = tenant.ctx("operator");
  device = await createIngestDevice(database, tenant, `${slug}-1`);
});

const down = (rest: string): string => `qs/v1/d/${device.deviceId}/dn/${rest}`;
const forwarded = Buffer.from([0x08, 0, 1, 0x72]);

/** A kept session of the device, which is away. */
async function insertSession(room: number): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO mqtt_session (tenant_id, session_key, owner_kind, device_key, client_id, generation, connected_at,
       expiry_seconds, max_queued_count) VALUES ($1, $2, 'device', $3, $4, 1, now(), 3600, $5) RETURNING id`,
    [
      tenantId,
      `d:${device.deviceKey} ${randomUUID()}`,
      device.deviceKey.toString(),
      device.deviceId,
      room,
    ],
  );
  const id = rows[0]!.id;
  const filter = `qs/v1/d/${device.deviceId}/dn/#`;
  await owner.query(
    `INSERT INTO mqtt_subscription (tenant_id, session_id, filter_hash, filter, qos, no_local, retain_as_published, retain_handling)
     VALUES ($1, $2, $3, $4, 2, false, false, 0)`,
    [tenantId, id, createHash("sha256").update(filter).digest(), filter],
  );
  return id;
}

/** Commands that expired in the queue of a session that is gone. @returns their group */
async function expire(commands: readonly string[]): Promise<string> {
  const id = await insertSession(1000);
  for (const [index, command] of commands.entries()) {
    await owner.query(
      `INSERT INTO mqtt_queued_message (tenant_id, session_id, seq, topic, payload, forwarded, qos, retain, identifiers,
         received_at, expires_at) VALUES ($1, $2, $3, $4, '{"on":true}', $5, 1, false, '{}', now() + ($6::integer - 60) * interval '1 second', now() - interval '1 second')`,
      [tenantId, id, index + 1, down(command), forwarded, index],
    );
  }
  await database.ingest.pool.query("SELECT mqtt_sweep($1, 100, false, true)", [randomUUID()]);
  await owner.query("DELETE FROM mqtt_session WHERE id = $1", [id]);
  const { groups } = await listDeadLetterGroups(operator, { direction: "outbound" });
  return groups[0]!.fingerprint;
}

async function run(input: Parameters<typeof startDeadLetterRun>[1]): Promise<RunView> {
  const { id } = await startDeadLetterRun(operator, input);
  replays.wake();
  for (let waited = 0; waited < 200; waited += 1) {
    const view = await showDeadLetterRun(operator, { id });
    if (view.finishedAt !== null) return view;
    await sleep(50);
  }
  throw new Error("The run did not end.");
}

const queued = async (session: string) => {
  const { rows } = await owner.query(
    "SELECT topic, payload, forwarded, qos, expires_at FROM mqtt_queued_message WHERE session_id = $1 ORDER BY seq",
    [session],
  );
  return rows;
};

it("commands that expired wait for their device again, once and in their order", async () => {
  const fingerprint = await expire(["command/reboot/1", "command/reboot/2"]);
  const session = await insertSession(1000);
  const dry = await run({ kind: "dry_run", selection: { fingerprint } });
  expect(dry).toMatchObject({ done: 2, stored: 2, failed: 0 });
  expect(await queued(session)).toEqual([]);

  const replayed = await run({ kind: "replay", selection: { fingerprint } });

  expect(replayed).toMatchObject({ state: "done", done: 2, stored: 2, failed: 0 });
  const command = { payload: Buffer.from('{"on":true}'), forwarded, qos: 1, expires_at: null };
  expect(await queued(session)).toEqual([
    { ...command, topic: down("command/reboot/1") },
    { ...command, topic: down("command/reboot/2") },
  ]);
  await expect(
    startDeadLetterRun(operator, { kind: "replay", selection: { fingerprint } }),
  ).rejects.toMatchObject({ code: "conflict" });
  const { rows } = await owner.query("SELECT FROM ledger_minute WHERE tenant_id = $1", [tenantId]);
  expect(rows).toEqual([]);
});

it("what nobody takes stays open, and says why", async () => {
  const fingerprint = await expire(["command/reboot/1"]);
  const dry = await run({ kind: "dry_run", selection: { fingerprint } });
  expect(dry).toMatchObject({ stored: 0, failed: 1 });

  const replayed = await run({ kind: "replay", selection: { fingerprint } });

  expect(replayed).toMatchObject({ stored: 0, failed: 1 });
  expect(replayed.failures[0]?.detail).toMatch("No session of the device");
  const { letters } = await listDeadLetters(operator, { fingerprint, state: "open" });
  expect(letters).toHaveLength(1);
});

it("what finds the queue full stays open", async () => {
  const fingerprint = await expire(["command/reboot/1", "command/reboot/2"]);
  const session = await insertSession(1);

  const replayed = await run({ kind: "replay", selection: { fingerprint } });

  expect(replayed).toMatchObject({ stored: 1, failed: 1 });
  expect(await queued(session)).toHaveLength(1);
});

it("is shown as what it is, and has no preview of readings", async () => {
  const fingerprint = await expire(["command/reboot/1"]);
  const { letters } = await listDeadLetters(operator, { fingerprint });
  const shown = await showDeadLetter(operator, { id: letters[0]!.id });
  expect(shown).toMatchObject({ direction: "outbound", difference: null, properties: {} });
  expect(shown.views.json).not.toBeNull();
  await expect(tryDeadLetters(operator, { fingerprint })).rejects.toMatchObject({
    code: "invalid",
  });
});
