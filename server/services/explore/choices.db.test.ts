import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { exploreChoices } from "#server/services/explore/choices.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let stranger: Context;
let pump: string;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin");
  stranger = (await createTestTenant(database, { slug: "other" })).ctx("admin");
  pump = (await createDevice(admin, { name: "Pump" })).deviceId;
  await withTenant(admin, async (tx) => {
    const where = { tenantId: acme.tenantId, id: acme.profileId };
    const profile = await tx.profile.findFirstOrThrow({ where, select: { schemaId: true } });
    await tx.profile.updateMany({
      where,
      data: { thresholds: [{ metric: "temperature", high: 80, severity: "critical" }] },
    });
    const first = { tenantId: acme.tenantId, schemaId: profile.schemaId };
    const { schemaRef, name } = await tx.schemaVersion.findFirstOrThrow({
      where: { tenantId: acme.tenantId, id: profile.schemaId },
      select: { schemaRef: true, name: true },
    });
    const second = await tx.schemaVersion.create({
      data: { tenantId: acme.tenantId, name, version: 2, schemaRef },
      select: { id: true },
    });
    await tx.schemaField.createMany({
      data: [
        { ...first, position: 0, name: "temperature", type: "number", unit: "Cel" },
        { ...first, position: 1, name: "valve", type: "boolean" },
        { ...first, schemaId: second.id, position: 0, name: "valve", type: "number", unit: "%" },
      ],
    });
  });
});
afterAll(() => database.drop());

it("names what can be drawn of devices, in the words of the newest version of the schema", async () => {
  const choices = await exploreChoices(admin, { devices: [pump] });

  expect(choices.devices).toMatchObject([{ deviceId: pump, name: "Pump" }]);
  expect(choices.missing).toEqual([]);
  expect(choices.metrics).toMatchObject([
    { name: "temperature", unit: "Cel", type: "number", devices: 0 },
    // On and off once, per cent later: both are numbers.
    { name: "valve", unit: "%", type: "number" },
  ]);
  expect(choices.thresholds).toMatchObject([
    { profile: "generic", metric: "temperature", high: 80, severity: "critical" },
  ]);
});

it("says which devices of a link are not there, and tells nothing of others' devices", async () => {
  const gone = randomUUID();

  const mine = await exploreChoices(admin, { devices: [pump, gone, "pump-that-was"] });
  const theirs = await exploreChoices(stranger, { devices: [pump] });

  expect(mine.missing).toEqual([gone, "pump-that-was"]);
  expect(theirs).toEqual({
    devices: [],
    missing: [pump],
    metrics: [],
    thresholds: [],
    groups: [],
  });
});

it("names what devices sent first", async () => {
  const { key } = await withTenant(admin, (tx) =>
    tx.device.findUniqueOrThrow({ where: { deviceId: pump }, select: { key: true } }),
  );
  await database.ingest.pool.query(
    `INSERT INTO telemetry.latest (device_key, received_at, fields) VALUES ($1, now(), $2)`,
    [String(key), { valve: { v: 20, t: 0 }, mode: { v: "eco", t: 0 } }],
  );

  const { metrics } = await exploreChoices(admin, { devices: [pump] });

  expect(metrics.map(({ name, type, devices }) => [name, type, devices])).toEqual([
    ["mode", "string", 1],
    ["valve", "number", 1],
    ["temperature", "number", 0],
  ]);
});

it("of a selection names what its profiles have", async () => {
  const all = await exploreChoices(admin, { selection: { by: "filter", filter: {} } });
  const none = await exploreChoices(admin, {
    selection: { by: "filter", filter: { text: "matches nothing at all" } },
  });
  const noGroup = await exploreChoices(admin, {
    selection: { by: "group", groupId: randomUUID() },
  });

  expect(all.metrics.map(({ name }) => name)).toEqual(["temperature", "valve"]);
  expect(none.metrics).toEqual([]);
  expect(noGroup).toEqual(none);
});
