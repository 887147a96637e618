import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { startReplays } from "#server/ingest/replay/start.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Context } from "#server/services/context.ts";
import { approveBatch } from "#server/services/batch/approve.ts";
import { showBatch } from "#server/services/batch/show.ts";
import { startBatch } from "#server/services/batch/start.ts";
import { listDeadLetterRuns } from "#server/services/dead-letter/list-runs.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";
import { startDeadLetterRun } from "#server/services/dead-letter/start-run.ts";
import { approveDevice } from "#server/services/device/approve.ts";
import { createDevice } from "#server/services/device/create.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { batchParts, sendManifest, workUntil } from "#server/testing/batches.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { seedDeadLetters } from "#server/testing/dead-letters.ts";

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let operator: Context;
let stranger: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin");
  const actor = { type: "user" as const, id: randomUUID(), email: "bob@acme.test", sessionId: "s" };
  operator = acme.ctx("operator", { actor });
  stranger = other.ctx("admin");
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

async function identitiesOf(deviceIds: readonly string[]): Promise<readonly DeviceIdentity[]> {
  const { tenantId, profileId } = acme;
  const rows = await withTenant(admin, (tx) =>
    tx.device.findMany({ where: { tenantId, deviceId: { in: [...deviceIds] } } }),
  );
  return rows.map(({ id, key, deviceId }) => {
    return { tenantId, profileId, id, deviceKey: key, deviceId, attributes: {} };
  });
}

async function send(deviceIds: readonly string[], count: number): Promise<string> {
  const devices = await identitiesOf(deviceIds);
  return seedDeadLetters(database, { devices, count, reason: "in-quarantine" });
}

async function replayed(): Promise<readonly RunView[]> {
  const running = startReplays({
    db: database.ingest,
    log: pino({ level: "silent" }),
    clock: () => performance.timeOrigin + performance.now(),
    workerId: randomUUID(),
  });
  try {
    for (;;) {
      const runs = await listDeadLetterRuns(operator, {});
      if (runs.every(({ state }) => state !== "queued" && state !== "running")) return runs;
      await sleep(50);
    }
  } finally {
    await running.stop();
  }
}

async function readingsOf(deviceId: string): Promise<number> {
  const [device] = await identitiesOf([deviceId]);
  const { rows } = await database.ingest.pool.query<{ n: number }>(
    "SELECT count(*)::integer AS n FROM telemetry.reading WHERE device_key = $1",
    [String(device?.deviceKey)],
  );
  return rows[0]?.n ?? 0;
}

const quarantined = (deviceId: string) =>
  createDevice(admin, { name: deviceId, deviceId, quarantine: true });

describe("device.approve", () => {
  it("lets the device out, and what it sent enters its series; others' letters stay", async () => {
    await quarantined("kept-1");
    await quarantined("kept-2");
    await send(["kept-1", "kept-2"], 40);

    const approved = await approveDevice(operator, { deviceId: "kept-1", reason: "Looks fine." });
    const [run] = await replayed();

    expect(approved).toEqual({ deviceId: "kept-1", state: "active", replayed: 20 });
    expect(run).toMatchObject({ state: "done", total: 20, done: 20, stored: 20, failed: 0 });
    expect(await readingsOf("kept-1")).toBe(20);
    expect(await readingsOf("kept-2")).toBe(0);
    const events = await withTenant(admin, (tx) =>
      tx.auditEvent.findMany({
        where: { tenantId: acme.tenantId, actionCode: "device.approve", outcome: "done" },
      }),
    );
    expect(events).toMatchObject([{ reason: "Looks fine.", actor: "bob@acme.test" }]);
  });

  it("a replay of the whole group stores nothing of a device that is still in quarantine", async () => {
    await quarantined("kept-3");
    const fingerprint = await send(["kept-3"], 5);

    await startDeadLetterRun(operator, { kind: "replay", selection: { fingerprint } });
    const [run] = await replayed();

    expect(run).toMatchObject({ state: "done", stored: 0, failed: 5 });
    expect(await readingsOf("kept-3")).toBe(0);
  });

  it("leaves what it sent where it is when that is wanted", async () => {
    await quarantined("kept-4");
    await send(["kept-4"], 5);

    expect(await approveDevice(operator, { deviceId: "kept-4", replay: false })).toMatchObject({
      replayed: 0,
    });
    await replayed();
    expect(await readingsOf("kept-4")).toBe(0);
  });

  it("is not for viewers or strangers, and not for a device that is in no quarantine", async () => {
    await quarantined("kept-5");
    await createDevice(admin, { name: "Free", deviceId: "free-1" });
    const approve = (ctx: Context, deviceId: string) => approveDevice(ctx, { deviceId });

    await expect(approve(acme.ctx("viewer"), "kept-5")).rejects.toThrow(refused("forbidden"));
    await expect(approve(stranger, "kept-5")).rejects.toThrow(refused("not_found"));
    await expect(approve(operator, "free-1")).rejects.toThrow(refused("conflict"));
    await expect(approve(operator, "")).rejects.toThrow(refused("invalid"));
  });
});

describe("a batch in quarantine", () => {
  it("counts what is kept, and puts it into the series when it is approved as a whole", async () => {
    const { id } = await sendManifest(admin, {
      text: "id\nlot-1\nlot-2\n",
      open: { profileId: acme.profileId, options: { sampleSize: 0 } },
    });
    const parts = batchParts(database, { signer: admin.signer });
    await workUntil(parts, { ctx: admin, batchId: id, states: ["ready"] });
    await startBatch(admin, { batchId: id });
    await workUntil(parts, { ctx: admin, batchId: id, states: ["sampling"] });
    await send(["lot-1", "lot-2"], 1_200);

    expect(await showBatch(admin, { batchId: id })).toMatchObject({ lettersKept: 1_200 });
    await expect(approveDevice(operator, { deviceId: "lot-1" })).rejects.toThrow(
      "belongs to the batch",
    );
    await approveBatch(operator, { batchId: id });
    const [run] = await replayed();

    expect(run).toMatchObject({ state: "done", total: 1_200, stored: 1_200 });
    expect(await readingsOf("lot-1")).toBe(600);
    expect(await showBatch(admin, { batchId: id })).toMatchObject({ lettersKept: 0 });
  });
});
