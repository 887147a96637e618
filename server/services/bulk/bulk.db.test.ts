import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { cancelBulkJob } from "#server/services/bulk/cancel.ts";
import { createBulkJob, mostOpenJobs } from "#server/services/bulk/create.ts";
import { bulkImpact } from "#server/services/bulk/impact.ts";
import { listBulkJobDevices } from "#server/services/bulk/list-devices.ts";
import { bulkReport } from "#server/services/bulk/report.ts";
import { showBulkJob } from "#server/services/bulk/show.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { listWork } from "#server/services/work/list.ts";
import { createExport } from "#server/services/export/create.ts";
import { certifiedDevices } from "#server/testing/campaigns.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let operator: Context;
let stranger: Context;
let ids: readonly string[];

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin");
  operator = acme.ctx("operator");
  stranger = other.ctx("admin");
  const devices = await certifiedDevices(
    { database, tenant: acme },
    { prefix: "pump", count: 4, issuedAt: new Date() },
  );
  ids = devices.map(({ id }) => id);
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const byName = (some: readonly string[] = ids) => ({ by: "devices" as const, ids: [...some] });
const tagging = { kind: "add_tags" as const, tags: ["x"] };
const ending = { kind: "decommission" as const };

const eventsOf = (target: string) =>
  withTenant(admin, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target },
      orderBy: { seq: "asc" },
      select: { actionCode: true, outcome: true, payload: true },
    }),
  );

describe("bulk.create", () => {
  it("writes down which devices it has, records it, and wakes a worker", async () => {
    const told = await waitForControl(database);
    const job = await createBulkJob(operator, { action: tagging, selection: byName() });

    expect(await told.next()).toEqual({ kind: "work", tenantId: acme.tenantId });
    await told.stop();
    expect(job).toMatchObject({ state: "queued", total: 4, done: 0 });
    const { devices } = await listBulkJobDevices(operator, { jobId: job.id });
    expect(devices.map(({ id, state }) => [id, state])).toEqual(
      ids.toSorted().map((id) => [id, "waiting"]),
    );
    expect(await eventsOf(`bulk:${job.id}`)).toMatchObject([
      { actionCode: "bulk.create", outcome: "done", payload: { devices: 4, action: tagging } },
    ]);
    await cancelBulkJob(operator, { jobId: job.id });
  });

  it("by a filter takes the devices that match now", async () => {
    const selection = { by: "filter" as const, filter: { text: "pump-1" } };
    const job = await createBulkJob(admin, { action: tagging, selection });
    expect(job.total).toBe(1);
    await cancelBulkJob(admin, { jobId: job.id });
  });

  it.each([
    ["a viewer", "viewer" as const, tagging],
    ["an auditor", "auditor" as const, tagging],
    ["an operator, of what stops devices,", "operator" as const, { kind: "suspend" as const }],
  ])("is refused to %s and recorded as that", async (_, role, action) => {
    const begin = createBulkJob(acme.ctx(role), { action, selection: byName() });
    await expect(begin).rejects.toThrow(refused("forbidden"));
    const capability = action.kind === "suspend" ? "device.manage" : "device.annotate";
    expect((await eventsOf(`capability:${capability}`)).at(-1)).toMatchObject({
      actionCode: "bulk.create",
      outcome: "denied",
    });
  });

  it("another organisation's devices are not found", async () => {
    const begin = createBulkJob(stranger, { action: tagging, selection: byName() });
    await expect(begin).rejects.toThrow(refused("invalid"));
  });

  it.each([
    [
      "more devices match than were seen",
      "conflict",
      { expected: 3, action: ending, reason: "sold" },
    ],
    ["nobody said how many are to end", "invalid", { action: ending, reason: "sold" }],
    ["nobody said why they are to end", "invalid", { expected: 4, action: ending }],
    [
      "there is no such profile",
      "not_found",
      { action: { kind: "set_profile" as const, profileId: randomUUID() } },
    ],
    [
      "no device is named",
      "invalid",
      { action: tagging, selection: { by: "devices" as const, ids: [] } },
    ],
    [
      "the group is gone",
      "invalid",
      { action: tagging, selection: { by: "group" as const, groupId: randomUUID() } },
    ],
  ])("begins nothing when %s", async (_, code, input) => {
    const before = await listWork(admin, {});
    await expect(createBulkJob(admin, { selection: byName(), ...input })).rejects.toThrow(
      refused(code),
    );
    expect(await listWork(admin, {})).toEqual(before);
  });

  it("waits until others have ended when too many wait", async () => {
    const jobs = [];
    for (let n = 0; n < mostOpenJobs; n += 1) {
      jobs.push(
        await createBulkJob(admin, { action: tagging, selection: byName(ids.slice(0, 1)) }),
      );
    }
    await expect(createBulkJob(admin, { action: tagging, selection: byName() })).rejects.toThrow(
      refused("conflict"),
    );
    for (const { id } of jobs) await cancelBulkJob(admin, { jobId: id });
  });
});

describe("bulk.cancel", () => {
  const begin = () => createBulkJob(admin, { action: { kind: "suspend" }, selection: byName() });

  it("ends a job, records how far it was, and cannot be done twice", async () => {
    const { id: jobId } = await begin();
    expect(await cancelBulkJob(admin, { jobId })).toMatchObject({
      state: "cancelled",
      cancelledBy: "system:test",
    });
    expect((await eventsOf(`bulk:${jobId}`)).at(-1)).toMatchObject({
      actionCode: "bulk.cancel",
      payload: { total: 4, done: 0 },
    });
    await expect(cancelBulkJob(admin, { jobId })).rejects.toThrow(refused("conflict"));
  });

  it("needs what the action needs, in the job's own organisation", async () => {
    const { id: jobId } = await begin();
    await expect(cancelBulkJob(operator, { jobId })).rejects.toThrow(refused("forbidden"));
    await expect(cancelBulkJob(stranger, { jobId })).rejects.toThrow(refused("not_found"));
    await expect(showBulkJob(stranger, { jobId })).rejects.toThrow(refused("not_found"));
    await expect(listBulkJobDevices(stranger, { jobId })).rejects.toThrow(refused("not_found"));
    await cancelBulkJob(admin, { jobId });
  });
});

describe("the blast radius", () => {
  it("counts what stops with the devices, and the devices behind them", async () => {
    const [gateway = "", child = ""] = ids;
    await withTenant(admin, (tx) =>
      tx.device.update({
        where: { tenantId_id: { tenantId: acme.tenantId, id: child } },
        data: { gatewayId: gateway },
      }),
    );
    const alone = await bulkImpact(operator, { selection: byName([gateway]) });
    expect(alone).toMatchObject({
      devices: 1,
      children: 1,
      certificates: 1,
      connected: 0,
      profiles: [{ name: "generic", devices: 1 }],
      presences: [{ presence: "never_seen", devices: 1 }],
      isTooMany: false,
      isEstimate: false,
    });
    expect(await bulkImpact(operator, { selection: byName() })).toMatchObject({
      devices: 4,
      children: 0,
    });
    expect(await bulkImpact(stranger, { selection: byName() })).toMatchObject({ devices: 0 });
  });
});

describe("the list of work", () => {
  it("has bulk changes and exports by age, page by page, and a report of each device", async () => {
    const job = await createBulkJob(admin, { action: tagging, selection: byName() });
    const request = { kind: "devices" as const, devices: byName() };
    const file = await createExport(admin, { request });

    const first = await listWork(admin, { limit: 1 });
    const second = await listWork(admin, { limit: 1, cursor: first.next ?? "" });
    expect([first, second].flatMap(({ work }) => work.map((each) => each.work.id))).toEqual([
      file.id,
      job.id,
    ]);
    expect((await listWork(stranger, {})).work).toEqual([]);
    let report = "";
    for await (const part of await bulkReport(admin, { jobId: job.id })) report += part;
    expect(report.split("\r\n")).toHaveLength(6);
    expect(report).toContain("pump-0,");
  });
});
