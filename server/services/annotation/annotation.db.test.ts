import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { raiseAlerts } from "#server/db/write-alerts.ts";
import type { Finding } from "#server/domain/alert.ts";
import { changeAnnotation } from "#server/services/annotation/change.ts";
import { createAnnotation } from "#server/services/annotation/create.ts";
import { listAnnotations } from "#server/services/annotation/list.ts";
import { removeAnnotation } from "#server/services/annotation/remove.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import type { ServiceError } from "#server/services/errors.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let operator: Context;
let stranger: Context;
let pump: { readonly id: string; readonly key: bigint; readonly deviceId: string };
let valve: typeof pump;

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute));
const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  operator = acme.ctx("operator", { now: () => at(59) });
  stranger = (await createTestTenant(database, { slug: "other" })).ctx("admin");
  pump = await newDevice("Pump");
  valve = await newDevice("Valve");
});
afterAll(() => database.drop());

async function newDevice(name: string) {
  const { deviceId } = await createDevice(acme.ctx("admin"), { name });
  return withTenant(operator, (tx) =>
    tx.device.findUniqueOrThrow({
      where: { deviceId },
      select: { id: true, key: true, deviceId: true },
    }),
  );
}

/** As the worker writes them. */
async function connections(
  deviceKey: bigint,
  events: readonly { readonly at: Date; readonly kind: "connected" | "disconnected" }[],
) {
  const row = { tenantId: acme.tenantId, deviceKey, remoteAddress: "::1", clientId: "c" };
  await database.ingest.prisma.deviceConnectionEvent.createMany({
    data: events.map((event) => ({ ...row, protocol: "mqtt", ...event })),
  });
}

const clockIsOff = (): Finding => ({
  tenantId: acme.tenantId,
  rule: "clock-off",
  subject: { kind: "device", id: pump.deviceId, name: "Pump", path: null },
  step: "",
  severity: "warning",
  title: "The clock is off",
  detail: "",
  remedy: "",
  seenAt: null,
});

async function lastAudit() {
  return withTenant(operator, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId },
      orderBy: { seq: "desc" },
      select: { actionCode: true, target: true, payload: true, outcome: true },
    }),
  );
}

const note = (more = {}) =>
  createAnnotation(operator, { deviceId: pump.id, from: at(1), text: "Filter cleaned", ...more });

describe("annotation.create", () => {
  it("keeps an instant or a span with who wrote it, and audits it", async () => {
    const value = await note({ to: at(5) });

    expect(value).toMatchObject({
      device: { deviceId: pump.deviceId },
      from: at(1).getTime(),
      to: at(5).getTime(),
      text: "Filter cleaned",
      by: "system:test",
      revision: 1,
    });
    expect(await lastAudit()).toMatchObject({
      actionCode: "annotation.create",
      target: `annotation:${value.id}`,
      payload: { device: pump.deviceId, text: "Filter cleaned" },
    });
  });

  it("is not for viewers, and says so in the audit trail", async () => {
    const denied = createAnnotation(acme.ctx("viewer"), { from: at(1), text: "No" });

    await expect(denied).rejects.toThrow(refused("forbidden"));
    expect(await lastAudit()).toMatchObject({ outcome: "denied" });
  });

  it("finds no device of another organisation, nor one that is not there", async () => {
    await expect(
      createAnnotation(stranger, { deviceId: pump.id, from: at(1), text: "Mine" }),
    ).rejects.toThrow(refused("not_found"));
    await expect(note({ deviceId: randomUUID() })).rejects.toThrow(refused("not_found"));
  });

  it.each([
    ["no text", { text: "  " }],
    ["a text without end", { text: "x".repeat(501) }],
    ["an end before the beginning", { to: at(0) }],
    ["no instant", { from: new Date(Number.NaN) }],
    ["an instant in 2200", { from: new Date("2200-01-01") }],
  ])("%s is refused", async (_, more) => {
    await expect(note(more)).rejects.toThrow(refused("invalid"));
  });
});

describe("annotation.change and annotation.remove", () => {
  it("change what is said, and audit what it was", async () => {
    const { id } = await note();

    const changed = await changeAnnotation(operator, {
      id,
      revision: 1,
      from: at(2),
      text: "Filter replaced",
    });

    expect(changed).toMatchObject({ text: "Filter replaced", from: at(2).getTime(), revision: 2 });
    expect(await lastAudit()).toMatchObject({
      actionCode: "annotation.change",
      payload: { before: { text: "Filter cleaned" }, after: { text: "Filter replaced" } },
    });
    await removeAnnotation(operator, { id, revision: 2 });
    expect(await lastAudit()).toMatchObject({
      actionCode: "annotation.remove",
      payload: { text: "Filter replaced" },
    });
    await expect(removeAnnotation(operator, { id, revision: 2 })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("of two people who change one note at once, one meets a conflict", async () => {
    const { id } = await note();
    const change = (text: string) =>
      changeAnnotation(operator, { id, revision: 1, from: at(1), text });

    const results = await Promise.allSettled([change("One"), change("Two")]);

    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(removeAnnotation(operator, { id, revision: 1 })).rejects.toThrow(
      refused("conflict"),
    );
  });

  it("are not for viewers and not for another organisation", async () => {
    const { id } = await note();
    const what = { id, revision: 1, from: at(1), text: "Changed" };

    await expect(changeAnnotation(acme.ctx("viewer"), what)).rejects.toThrow(refused("forbidden"));
    await expect(changeAnnotation(stranger, what)).rejects.toThrow(refused("not_found"));
    await expect(removeAnnotation(acme.ctx("auditor"), what)).rejects.toThrow(refused("forbidden"));
    await expect(removeAnnotation(stranger, what)).rejects.toThrow(refused("not_found"));
  });
});

describe("annotation.list", () => {
  const kinds = async (ctx: Context, devices: string[], from = at(20), to = at(40)) =>
    (await listAnnotations(ctx, { devices, from, to })).marks.map((mark) =>
      mark.kind === "note" ? mark.text : mark.kind,
    );

  it("brings together what happened in the range, of these devices and of every device", async () => {
    await note({ from: at(25), text: "Inside" });
    await note({ from: at(10), to: at(21), text: "Reaches in" });
    await note({ from: at(10), to: at(19), text: "Before" });
    await note({ from: at(26), deviceId: null, text: "Everywhere" });
    await note({ from: at(27), deviceId: valve.id, text: "Elsewhere" });
    await connections(pump.key, [
      { at: at(22), kind: "connected" },
      { at: at(30), kind: "disconnected" },
    ]);
    await withTenant(operator, (tx) => raiseAlerts(tx, { findings: [clockIsOff()], now: at(15) }));

    const mine = await kinds(operator, [pump.id]);

    expect(mine).toEqual([
      "Reaches in",
      "alert",
      "connected",
      "Inside",
      "Everywhere",
      "disconnected",
    ]);
    expect(await kinds(operator, [])).toEqual(["Everywhere"]);
    expect(await kinds(stranger, [pump.id])).toEqual([]);
    expect(await kinds(operator, [pump.id, randomUUID()])).toEqual(mine);
  });

  it("of a device that flaps it shows the newest, and says that there is more", async () => {
    const flapping = await newDevice("Flapping");
    await connections(
      flapping.key,
      Array.from({ length: 70 }, (_, index) => ({
        at: new Date(at(20).getTime() + index * 1_000),
        kind: "connected" as const,
      })),
    );

    const { marks, isCut } = await listAnnotations(operator, {
      devices: [flapping.id],
      from: at(20),
      to: at(40),
    });

    expect(isCut).toBe(true);
    expect(marks.findLast(({ kind }) => kind === "connected")).toMatchObject({
      from: at(20).getTime() + 69_000,
    });
  });

  it("a range that ends before it begins, or more devices than a chart shows, is refused", async () => {
    await expect(kinds(operator, [], at(5), at(5))).rejects.toThrow(refused("invalid"));
    const many = Array.from({ length: 51 }, () => randomUUID());
    await expect(kinds(operator, many)).rejects.toThrow(refused("invalid"));
  });
});
