import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { locateFromTelemetry } from "#server/db/locate-from-telemetry.ts";
import { withTenant } from "#server/db/tenant.ts";
import { world } from "#server/domain/map-grid.ts";
import { addDeviceNote } from "#server/services/device-note/add.ts";
import { changeDeviceNote } from "#server/services/device-note/change.ts";
import { listDeviceNotes } from "#server/services/device-note/list.ts";
import { removeDeviceNote } from "#server/services/device-note/remove.ts";
import { createDevice } from "#server/services/device/create.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { deviceLocation, locateDevice } from "#server/services/device/location.ts";
import { mapExtent, mapMarks } from "#server/services/device/map.ts";
import type { ServiceError } from "#server/services/errors.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  for (const deviceId of ["pump", "valve"]) {
    await createDevice(acme.ctx("admin"), { name: deviceId, deviceId });
  }
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const operator = () => acme.ctx("operator");

async function lastEvent() {
  return withTenant(operator(), (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId },
      orderBy: { seq: "desc" },
      select: { actionCode: true, target: true, outcome: true, payload: true },
    }),
  );
}

async function notesOf(deviceId: string) {
  return (await listDeviceNotes(acme.ctx("viewer"), { deviceId })).notes;
}

describe("notes of a device", () => {
  it("are added, changed and removed, each with its record", async () => {
    const added = await addDeviceNote(operator(), {
      deviceId: "pump",
      text: " Key is at the gate. ",
    });
    expect(await notesOf("pump")).toMatchObject([
      { id: added.id, text: "Key is at the gate.", changedAt: null, revision: 1 },
    ]);
    expect(await lastEvent()).toMatchObject({
      actionCode: "deviceNote.add",
      target: "device:pump",
      payload: { text: "Key is at the gate." },
    });

    const at = { deviceId: "pump", noteId: added.id };
    await changeDeviceNote(operator(), { ...at, text: "Key is in the office.", revision: 1 });
    expect(await notesOf("pump")).toMatchObject([{ text: "Key is in the office.", revision: 2 }]);
    expect(await lastEvent()).toMatchObject({
      payload: { before: "Key is at the gate.", after: "Key is in the office." },
    });

    await removeDeviceNote(operator(), at);
    expect(await notesOf("pump")).toEqual([]);
    expect(await lastEvent()).toMatchObject({
      actionCode: "deviceNote.remove",
      payload: { text: "Key is in the office." },
    });
  });

  it("are not for viewers to write", async () => {
    const call = addDeviceNote(acme.ctx("viewer"), { deviceId: "pump", text: "x" });
    await expect(call).rejects.toThrow(refused("forbidden"));
    expect(await lastEvent()).toMatchObject({ outcome: "denied" });
  });

  it("belong to one organisation and one device", async () => {
    const { id } = await addDeviceNote(operator(), { deviceId: "pump", text: "ours" });
    const stranger = other.ctx("admin");
    await expect(listDeviceNotes(stranger, { deviceId: "pump" })).rejects.toThrow(
      refused("not_found"),
    );
    for (const deviceId of ["pump", "valve"]) {
      const ctx = deviceId === "pump" ? stranger : operator();
      const change = changeDeviceNote(ctx, { deviceId, noteId: id, text: "x", revision: 1 });
      await expect(change).rejects.toThrow(refused("not_found"));
      await expect(removeDeviceNote(ctx, { deviceId, noteId: id })).rejects.toThrow(
        refused("not_found"),
      );
    }
  });

  it("keep what the first of two people wrote", async () => {
    const { id } = await addDeviceNote(operator(), { deviceId: "valve", text: "one" });
    const at = { deviceId: "valve", noteId: id, revision: 1 };
    await changeDeviceNote(operator(), { ...at, text: "two" });
    const second = changeDeviceNote(acme.ctx("admin"), { ...at, text: "three" });
    await expect(second).rejects.toThrow(refused("conflict"));
    expect(await notesOf("valve")).toMatchObject([{ text: "two" }]);
  });

  it.each([
    ["nothing", ""],
    ["blanks", "   "],
    ["a book", "x".repeat(4_001)],
  ])("refuse %s", async (_, text) => {
    const call = addDeviceNote(operator(), { deviceId: "pump", text });
    await expect(call).rejects.toThrow(refused("invalid"));
  });
});

describe("the place of a device", () => {
  it("is said, shown and recorded", async () => {
    const said = { latitude: 53.5413, longitude: 9.9841, place: "Quay 4" };
    await locateDevice(operator(), { deviceId: "pump", ...said });
    expect(await deviceLocation(acme.ctx("viewer"), { deviceId: "pump" })).toMatchObject({
      ...said,
      source: "person",
    });
    expect(await lastEvent()).toMatchObject({
      actionCode: "device.locate",
      payload: { before: { latitude: null, source: null }, after: said },
    });
  });

  it("is forgotten with nothing", async () => {
    await locateDevice(operator(), { deviceId: "valve", latitude: 1, longitude: 2 });
    const nowhere = { latitude: null, longitude: null, place: "" };
    await locateDevice(operator(), { deviceId: "valve", ...nowhere });
    expect(await deviceLocation(operator(), { deviceId: "valve" })).toEqual({
      ...nowhere,
      source: null,
      at: null,
    });
  });

  it.each([
    ["half of it", { latitude: 1, longitude: null }],
    ["beyond the pole", { latitude: 91, longitude: 0 }],
    ["beyond the date line", { latitude: 0, longitude: -181 }],
    ["no number", { latitude: Number.NaN, longitude: 0 }],
  ])("is not %s", async (_, degrees) => {
    const call = locateDevice(operator(), { deviceId: "pump", ...degrees });
    await expect(call).rejects.toThrow(refused("invalid"));
  });

  it("is for operators of its organisation", async () => {
    const input = { deviceId: "pump", latitude: 1, longitude: 1 };
    await expect(locateDevice(acme.ctx("viewer"), input)).rejects.toThrow(refused("forbidden"));
    await expect(locateDevice(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
  });

  it("is not changed once the device is gone", async () => {
    await createDevice(acme.ctx("admin"), { name: "gone", deviceId: "gone" });
    await decommissionDevice(acme.ctx("admin"), { deviceId: "gone" });
    const call = locateDevice(operator(), { deviceId: "gone", latitude: 1, longitude: 1 });
    await expect(call).rejects.toThrow(refused("conflict"));
  });
});

describe("the map", () => {
  const harbour = Array.from({ length: 12 }, (_, n) => ({
    deviceId: `crane-${n}`,
    latitude: 53.54 + n / 10_000,
    longitude: 9.98 + n / 10_000,
  }));
  const devices = { by: "filter" as const, filter: { text: "crane" } };

  beforeAll(async () => {
    for (const { deviceId, ...degrees } of [
      ...harbour,
      { deviceId: "crane-fiji", latitude: -17.7, longitude: 178 },
      { deviceId: "crane-samoa", latitude: -13.8, longitude: -171.8 },
    ]) {
      await createDevice(acme.ctx("admin"), { name: deviceId, deviceId });
      await locateDevice(operator(), { deviceId, ...degrees });
    }
    await createDevice(acme.ctx("admin"), { name: "crane-lost", deviceId: "crane-lost" });
  });

  it("says how many of the selection have a place, and where", async () => {
    expect(await mapExtent(acme.ctx("viewer"), { devices })).toEqual({
      matching: 15,
      located: 14,
      bounds: { south: -17.7, north: 53.5411, west: -171.8, east: 178 },
    });
  });

  it("gathers what is close and tells one device by name", async () => {
    const marks = await mapMarks(acme.ctx("viewer"), {
      devices,
      bounds: world,
      columns: 20,
      rows: 12,
    });
    expect(marks.map(({ devices: count }) => count)).toEqual([12, 1, 1]);
    expect(marks[0]).toMatchObject({ device: null, online: 0, overdue: 0 });
    expect(marks[0]?.bounds.south).toBeCloseTo(53.54);
    expect(new Set(marks.slice(1).map(({ device }) => device?.deviceId))).toEqual(
      new Set(["crane-fiji", "crane-samoa"]),
    );
  });

  it("shows both sides of the date line", async () => {
    const pacific = { south: -30, north: 0, west: 170, east: -165 };
    const marks = await mapMarks(acme.ctx("viewer"), {
      devices,
      bounds: pacific,
      columns: 4,
      rows: 4,
    });
    expect(new Set(marks.map(({ longitude }) => Math.round(longitude)))).toEqual(
      new Set([-172, 178]),
    );
  });

  it("tells them apart from close by", async () => {
    const close = { south: 53.5395, north: 53.542, west: 9.979, east: 9.982 };
    const marks = await mapMarks(acme.ctx("viewer"), {
      devices,
      bounds: close,
      columns: 40,
      rows: 40,
    });
    expect(marks).toHaveLength(12);
  });

  it("is empty for another organisation", async () => {
    const stranger = other.ctx("admin");
    expect(await mapExtent(stranger, { devices })).toEqual({
      matching: 0,
      located: 0,
      bounds: null,
    });
    const marks = await mapMarks(stranger, { devices, bounds: world, columns: 9, rows: 9 });
    expect(marks).toEqual([]);
  });
});

describe("the place that a device sends", () => {
  const told = () => deviceLocation(acme.ctx("viewer"), { deviceId: "tug" });

  it("is taken over when it moved, and what is out of range is not", async () => {
    const tug = await createIngestDevice(database, acme, "tug");
    const sail = async (latitude: number, longitude: number, ts: number): Promise<number> => {
      const bench = startIngestBench(database.ingest);
      await bench.send(tug, [JSON.stringify({ ts, values: { latitude, longitude } })]);
      await bench.stop(5_000);
      return locateFromTelemetry(database.ingest, new Date(Date.now() - 60_000));
    };
    const start = Date.now() - 100_000;
    expect(await sail(53.5, 9.9, start)).toBe(1);
    expect(await told()).toMatchObject({ latitude: 53.5, longitude: 9.9, source: "device" });
    expect(await sail(53.500_01, 9.9, start + 1_000)).toBe(0);
    expect(await sail(153, 9.9, start + 2_000)).toBe(0);
    expect(await sail(53.6, 9.8, start + 3_000)).toBe(1);
    expect(await told()).toMatchObject({
      latitude: 53.6,
      longitude: 9.8,
      at: new Date(start + 3_000).toISOString(),
    });
  });

  it("does not take the place of what a person said later", async () => {
    await locateDevice(operator(), { deviceId: "tug", latitude: 1, longitude: 1, place: "Dock" });
    await locateFromTelemetry(database.ingest, new Date(Date.now() - 60_000));
    expect(await told()).toMatchObject({ latitude: 1, place: "Dock", source: "person" });
  });
});
