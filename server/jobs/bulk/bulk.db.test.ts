import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimBulkJob } from "#server/db/bulk-work.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { BulkAction } from "#server/domain/bulk-action.ts";
import { forgottenWork, workKeptDays } from "#server/jobs/bulk/forget.ts";
import type { BulkParts } from "#server/jobs/bulk/parts.ts";
import { firstDevice, runBulkBatch } from "#server/jobs/bulk/run-batch.ts";
import { startBulk } from "#server/jobs/bulk/start.ts";
import { createLog } from "#server/observability/log.ts";
import { cancelBulkJob } from "#server/services/bulk/cancel.ts";
import { createBulkJob } from "#server/services/bulk/create.ts";
import { listBulkJobDevices } from "#server/services/bulk/list-devices.ts";
import { showBulkJob } from "#server/services/bulk/show.ts";
import type { BulkJobDetail } from "#server/services/bulk/view.ts";
import type { Context } from "#server/services/context.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import { certifiedDevices } from "#server/testing/campaigns.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let userId: string;
let lots = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  const user = await withTenant({ db: database.app, tenantId: acme.tenantId }, (tx) =>
    tx.user.create({
      data: {
        tenantId: acme.tenantId,
        email: "ada@bulk.example",
        name: "Ada",
        role: "admin",
        passwordHash: "x",
      },
    }),
  );
  userId = user.id;
});
beforeEach(async () => {
  const actor = { type: "user" as const, id: userId, email: "ada@bulk.example", sessionId: "s" };
  admin = acme.ctx("admin", { actor });
  await setUser({ role: "admin", disabledAt: null });
});
afterAll(() => database.drop());

const setUser = (data: { role?: "admin" | "operator"; disabledAt?: Date | null }) =>
  withTenant(admin, (tx) =>
    tx.user.update({
      where: { tenantId_id: { tenantId: acme.tenantId, id: userId } },
      data,
    }),
  );

const partsOf = (more: Partial<BulkParts> = {}): BulkParts => ({
  db: database.ingest,
  system: {
    db: database.app,
    signer: absentSigner(),
    keyring: testKeyring,
    now: () => new Date(),
  },
  log: createLog({ name: "test", level: "silent" }),
  workerId: randomUUID(),
  ...more,
});

type Lot = { readonly ids: readonly string[]; readonly names: readonly string[] };

async function lot(count: number, tags: string[] = []): Promise<Lot> {
  lots += 1;
  const devices = await certifiedDevices(
    { database, tenant: acme },
    { prefix: `bulk${lots}`, count, tags, issuedAt: new Date() },
  );
  return { ids: devices.map(({ id }) => id), names: devices.map(({ deviceId }) => deviceId) };
}

async function begin({ ids }: Lot, action: BulkAction, reason = "because"): Promise<string> {
  const selection = { by: "devices" as const, ids: [...ids] };
  const { id } = await createBulkJob(admin, { action, selection, reason, expected: ids.length });
  return id;
}

/** All batches of a worker until the job has ended or is not its own. */
async function runToEnd(parts: BulkParts, id: string): Promise<string> {
  const job = await claimBulkJob(parts.db, parts.workerId);
  if (job?.id !== id) throw new Error("Another job was claimed.");
  for (let after = firstDevice; ;) {
    const result = await runBulkBatch(parts, job, after);
    if (result.step !== "on") return result.step;
    after = result.last;
  }
}

const show = (jobId: string): Promise<BulkJobDetail> => showBulkJob(admin, { jobId });

async function resultsOf(jobId: string): Promise<Record<string, readonly [string, string]>> {
  const { devices } = await listBulkJobDevices(admin, { jobId, limit: 1_000 });
  return Object.fromEntries(
    devices.map(({ deviceId, id, state, detail }) => [deviceId ?? id, [state, detail] as const]),
  );
}

const devicesOf = ({ ids }: Lot) =>
  withTenant(admin, (tx) =>
    tx.device.findMany({
      where: { tenantId: acme.tenantId, id: { in: [...ids] } },
      orderBy: { deviceId: "asc" },
      select: { deviceId: true, tags: true, state: true, place: true },
    }),
  );

const trailOf = (target: string) =>
  withTenant(admin, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target },
      orderBy: { seq: "asc" },
      select: { actionCode: true, actor: true, reason: true, payload: true },
    }),
  );

const addTag = (tag: string): BulkAction => ({ kind: "add_tags", tags: [tag] });

describe("a bulk job", () => {
  it("tags each device once, leaves those alone that have it, and says what became of each", async () => {
    const plain = await lot(3, ["old"]);
    const tagged = await lot(1, ["hall-3"]);
    const full = await lot(
      1,
      Array.from({ length: 32 }, (_, n) => `t${n}`),
    );
    const all = {
      ids: [...plain.ids, ...tagged.ids, ...full.ids],
      names: [...plain.names, ...tagged.names, ...full.names],
    };
    const id = await begin(all, addTag("hall-3"));

    expect(await runToEnd(partsOf({ batchSize: 2 }), id)).toBe("ended");

    expect(await show(id)).toMatchObject({
      state: "done",
      total: 5,
      done: 3,
      unchanged: 1,
      failed: 1,
      counts: { waiting: 0, done: 3, unchanged: 1, failed: 1, skipped: 0 },
    });
    const results = await resultsOf(id);
    expect(results[full.names[0] ?? ""]).toEqual([
      "failed",
      "It would have 33 tags; a device has at most 32.",
    ]);
    expect((await devicesOf(plain)).map(({ tags }) => tags)).toEqual(
      Array.from({ length: 3 }, () => ["old", "hall-3"]),
    );
    const [event] = await trailOf(`device:${plain.names[0] ?? ""}`);
    expect(event).toMatchObject({
      actionCode: "device.update",
      actor: "ada@bulk.example",
      payload: { before: { tags: ["old"] }, after: { tags: ["old", "hall-3"] }, bulk: id },
    });
    expect(await trailOf(`bulk:${id}`)).toMatchObject([
      { actionCode: "bulk.create", payload: { devices: 5 } },
      { actionCode: "bulk.end", payload: { state: "done", done: 3, unchanged: 1, failed: 1 } },
    ]);
  });

  it("takes tags away, sets the place and the profile", async () => {
    const some = await lot(2, ["keep", "drop"]);
    const remove = await begin(some, { kind: "remove_tags", tags: ["drop", "absent"] });
    await runToEnd(partsOf(), remove);
    const place = await begin(some, { kind: "set_place", place: "Hall 3" });
    await runToEnd(partsOf(), place);
    const profile = await begin(some, { kind: "set_profile", profileId: acme.profileId });
    await runToEnd(partsOf(), profile);

    expect(await devicesOf(some)).toMatchObject([
      { tags: ["keep"], place: "Hall 3" },
      { tags: ["keep"], place: "Hall 3" },
    ]);
    expect(await show(profile)).toMatchObject({ done: 0, unchanged: 2, profileName: "generic" });
    const rows = await withTenant(
      admin,
      (tx) =>
        tx.$queryRaw<{ tag: string }[]>`
        SELECT DISTINCT t.tag FROM device_tag t JOIN device d ON d.key = t.device_key
        WHERE d.id = ANY(${[...some.ids]}::uuid[])`,
    );
    expect(rows).toEqual([{ tag: "keep" }]);
  });

  it("suspends, quarantines, resumes to what was before, and approves, as one by one", async () => {
    const some = await lot(2);
    await runToEnd(partsOf(), await begin(some, { kind: "quarantine" }));
    const suspend = await begin(some, { kind: "suspend" }, "stolen");
    await runToEnd(partsOf({ batchSize: 1 }), suspend);
    expect(await devicesOf(some)).toMatchObject([{ state: "suspended" }, { state: "suspended" }]);
    await runToEnd(partsOf(), await begin(some, { kind: "resume" }));
    expect(await devicesOf(some)).toMatchObject([
      { state: "quarantined" },
      { state: "quarantined" },
    ]);
    await runToEnd(partsOf(), await begin(some, { kind: "approve", replay: true }));
    expect(await devicesOf(some)).toMatchObject([{ state: "active" }, { state: "active" }]);
    expect(await trailOf(`device:${some.names[0] ?? ""}`)).toMatchObject([
      { actionCode: "device.quarantine" },
      { actionCode: "device.suspend", reason: "stolen", actor: "ada@bulk.example" },
      { actionCode: "device.resume" },
      { actionCode: "device.approve" },
    ]);
  });

  it("decommissions with all that goes with it, and skips what is gone already", async () => {
    const some = await lot(3);
    const [gone = ""] = some.names;
    const id = await begin(some, { kind: "decommission", children: "detach", data: "keep" });
    await decommissionDevice(admin, { deviceId: gone });
    await runToEnd(partsOf({ batchSize: 2 }), id);

    expect(await show(id)).toMatchObject({ done: 2, unchanged: 1 });
    expect((await resultsOf(id))[gone]).toEqual(["unchanged", "It was decommissioned already."]);
    const states = await withTenant(admin, (tx) =>
      tx.certificate.groupBy({
        by: ["state"],
        where: { tenantId: acme.tenantId, deviceId: { in: [...some.ids] } },
        _count: true,
      }),
    );
    expect(states).toEqual([{ state: "revoked", _count: 3 }]);
  });

  it("goes on where a worker died, without doing a device twice", async () => {
    const some = await lot(5);
    const id = await begin(some, { kind: "suspend" });
    let batches = 0;
    const dying = partsOf({
      batchSize: 2,
      afterBatch: () => {
        batches += 1;
        if (batches === 2) throw new Error("killed");
      },
    });
    await expect(runToEnd(dying, id)).rejects.toThrow("killed");
    expect(await show(id)).toMatchObject({ state: "running", done: 4 });
    expect(await claimBulkJob(database.ingest, randomUUID())).toBeUndefined();
    await database.ingest.pool.query(
      "UPDATE bulk_job SET lease_until = now() - interval '1 second' WHERE id = $1",
      [id],
    );
    const second = partsOf({ batchSize: 2 });
    expect(await runToEnd(second, id)).toBe("ended");

    expect(await show(id)).toMatchObject({ state: "done", done: 5, unchanged: 0, failed: 0 });
    for (const name of some.names) expect(await trailOf(`device:${name}`)).toHaveLength(1);
    const job = { tenantId: acme.tenantId, id };
    expect(await runBulkBatch(dying, job, firstDevice)).toEqual({ step: "lost" });
  });

  it("is not gone on with by a worker that lost it, nor after it was cancelled", async () => {
    const some = await lot(4);
    const id = await begin(some, addTag("late"));
    const first = partsOf({ batchSize: 1 });
    const job = await claimBulkJob(first.db, first.workerId);
    if (job === undefined) throw new Error("It was not claimed.");
    const done = await runBulkBatch(first, job, firstDevice);
    expect(done.step).toBe("on");
    expect(await runBulkBatch(partsOf(), job, firstDevice)).toEqual({ step: "lost" });

    await cancelBulkJob(admin, { jobId: id });

    expect(await runBulkBatch(first, job, firstDevice)).toEqual({ step: "lost" });
    expect(await show(id)).toMatchObject({
      state: "cancelled",
      cancelledBy: "ada@bulk.example",
      counts: { done: 1, waiting: 3 },
    });
  });

  it.each([
    [
      "demoted",
      { role: "operator" as const },
      "ada@bulk.example does not have the role for it any more. It was stopped.",
    ],
    [
      "disabled",
      { disabledAt: new Date() },
      "ada@bulk.example cannot sign in any more. It was stopped.",
    ],
  ])("stops when whoever asked was %s meanwhile", async (_, change, words) => {
    const some = await lot(3);
    const id = await begin(some, { kind: "suspend" });
    const parts = partsOf({ batchSize: 1 });
    const job = await claimBulkJob(parts.db, parts.workerId);
    if (job === undefined) throw new Error("It was not claimed.");
    await runBulkBatch(parts, job, firstDevice);
    await setUser(change);

    expect(await runBulkBatch(parts, job, firstDevice)).toEqual({ step: "ended" });

    expect(await show(id)).toMatchObject({ state: "failed", error: words, done: 1 });
    expect(await trailOf(`bulk:${id}`)).toMatchObject([
      { actionCode: "bulk.create" },
      { actionCode: "bulk.end", payload: { state: "failed", error: words } },
    ]);
  });

  it("counts a device that is refused as failed, and takes back what it began with it", async () => {
    const some = await lot(2);
    const [held = "", free = ""] = some.ids;
    await withTenant(admin, async (tx) => {
      const batch = await tx.deviceBatch.create({
        data: {
          tenantId: acme.tenantId,
          name: "Lot 7",
          profileId: acme.profileId,
          state: "sampling",
          options: {},
          createdBy: "test",
        },
      });
      await tx.device.updateMany({
        where: { tenantId: acme.tenantId, id: { in: [held, free] } },
        data: { state: "quarantined" },
      });
      await tx.device.update({
        where: { tenantId_id: { tenantId: acme.tenantId, id: held } },
        data: { batchId: batch.id },
      });
    });
    const id = await begin(some, { kind: "approve", replay: false });
    await runToEnd(partsOf(), id);

    expect(await show(id)).toMatchObject({ state: "done", done: 1, failed: 1 });
    const { devices } = await listBulkJobDevices(admin, { jobId: id, state: "failed" });
    expect(devices).toMatchObject([
      { id: held, detail: expect.stringContaining("belongs to the batch “Lot 7”") as string },
    ]);
  });

  it("is forgotten with its results half a year after its end, and not before", async () => {
    const id = await begin(await lot(1), addTag("old"));
    await runToEnd(partsOf(), id);
    const dayMs = 86_400_000;
    const ended = Date.parse((await show(id)).finishedAt ?? "");
    const forget = (at: number) => forgottenWork({ db: database.ingest, now: () => at }).run();

    await forget(ended + (workKeptDays - 1) * dayMs);
    expect(await show(id)).toMatchObject({ done: 1 });
    expect(await forget(ended + (workKeptDays + 1) * dayMs)).toMatch(/^[1-9]/);
    await expect(show(id)).rejects.toThrow("There is no bulk job");
  });

  it("is run by a worker that nobody told, and freed when it stops", async () => {
    const some = await lot(2);
    await suspendDevice(admin, { deviceId: some.names[0] ?? "" });
    const id = await begin(some, { kind: "resume" });
    const running = startBulk(partsOf());
    try {
      await expect
        .poll(async () => (await show(id)).state, { timeout: 5_000, interval: 20 })
        .toBe("done");
    } finally {
      await running.stop();
    }
    expect(await show(id)).toMatchObject({ done: 1, unchanged: 1, isOrphaned: false });
  });
});
