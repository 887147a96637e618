import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { everyDevice, type FleetFilter, type FleetSort } from "#server/domain/fleet-filter.ts";
import { countMatchingDevices } from "#server/services/device/count.ts";
import { createDevice } from "#server/services/device/create.ts";
import { deviceFacets } from "#server/services/device/facets.ts";
import { listDevices } from "#server/services/device/list.ts";
import { metricNames } from "#server/services/device/metric-names.ts";
import { updateDevice } from "#server/services/device/update.ts";
import { createProfile } from "#server/services/profile/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { judgeAll } from "#server/testing/presence.ts";

const now = new Date();
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

/** `seen`: seconds ago; null: never. */
const devices = [
  { name: "a pump", seen: null, tags: [] },
  { name: "b gateway", seen: 20, tags: ["roof"], firmware: "2.10.0" },
  { name: "c pump north", seen: 90, tags: ["roof", "test"], firmware: "2.0.9" },
  { name: "d late", seen: 600, tags: ["none"] },
  { name: "e overdue", seen: 3_000, tags: [] },
] as const;

let database: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  for (const device of devices) await insert(device);
  await furnish();
  await judgeAll(database, now);
  const stranger = (await createTestTenant(database, { slug: "southwind" })).ctx("admin");
  await createDevice(stranger, { name: "pump of others", tags: ["roof"] });
});
afterAll(() => database.drop());

async function insert(device: (typeof devices)[number]): Promise<void> {
  const { tenantId, profileId } = tenant;
  const { key } = await withTenant({ db: database.app, tenantId }, (tx) =>
    tx.device.create({
      data: {
        tenantId,
        profileId,
        deviceId: `dev-${device.name.slice(0, 1)}`,
        name: device.name,
        tags: [...device.tags],
        createdBy: "test",
      },
      select: { key: true },
    }),
  );
  if (device.seen === null) return;
  await database.ingest.prisma.deviceStatus.create({
    data: {
      tenantId,
      deviceKey: key,
      lastMessageAt: ago(device.seen),
      firmware: "firmware" in device ? device.firmware : null,
    },
  });
}

async function furnish(): Promise<void> {
  const { tenantId } = tenant;
  await withTenant({ db: database.app, tenantId }, async (tx) => {
    const gateway = await tx.device.findFirstOrThrow({ where: { deviceId: "dev-b" } });
    await tx.device.updateMany({
      where: { tenantId, deviceId: "dev-c" },
      data: { place: "Hall 7", latitude: 54.3, longitude: 10.1 },
    });
    await tx.device.updateMany({
      where: { tenantId, deviceId: "dev-e" },
      data: { gatewayId: gateway.id },
    });
  });
  await withTenant({ db: database.app, tenantId }, async (tx) => {
    const { schemaId } = await tx.profile.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: tenant.profileId } },
      select: { schemaId: true },
    });
    const field = { tenantId, name: "temperature", type: "number" };
    await tx.schemaField.create({ data: { ...field, schemaId, position: 0, unit: "Cel" } });
  });
  // Elsewhere the name is in another unit: that says nothing of these devices.
  await createProfile(tenant.ctx("admin"), {
    name: "elsewhere",
    jsonSchema: { type: "object", properties: { temperature: { type: "number", unit: "[degF]" } } },
  });
  await database.ingest.pool.query(
    `INSERT INTO telemetry.latest (device_key, received_at, fields)
     SELECT key, now(), CASE device_id WHEN 'dev-b' THEN '{"temperature":{"v":41.5,"t":1}}'
       ELSE '{"temperature":{"v":20,"t":1},"door":{"v":"open","t":2}}' END::jsonb
     FROM device WHERE device_id IN ('dev-b', 'dev-c')`,
  );
}

async function names(
  filter: Partial<FleetFilter>,
  sort: FleetSort = "name",
  limit = 200,
): Promise<string> {
  let found = "";
  let cursor: string | undefined;
  do {
    const page = await listDevices(tenant.ctx("viewer", { now: () => now }), {
      filter: { ...everyDevice.filter, ...filter },
      sort,
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found += page.devices.map(({ name }) => name.slice(0, 1)).join("");
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const turned = (text: string) => text.split("").toReversed().join("");

describe("a query of the fleet", () => {
  it.each([
    ["", "abcde"],
    ["PUMP", "ac"],
    ['"pump n"', "c"],
    ["pump -north", "a"],
    ["presence:idle,late", "bcd"],
    ["-presence:idle,late", "ae"],
    ["presence:never_seen pump", "a"],
    ["contact:never", "a"],
    ["contact:>10s", "bcde"],
    ["contact:>15m", "e"],
    ["contact:<=2m", "bc"],
    ["profile:GENERIC presence:late", "d"],
    ["tag:roof", "bc"],
    ["tag:roof -tag:test", "b"],
    ["tag:roof,none", "bcd"],
    ["firmware:<2.1", "c"],
    ["firmware:>=2", "bc"],
    ["-firmware:>=2", "ade"],
    ["temperature:>40", "b"],
    ["door:=open", "c"],
    ["-temperature:>40 tag:roof", "c"],
    ["gateway:dev-b", "e"],
    ['gateway:"b gateway"', "e"],
    ["place:hall", "c"],
    ["location:yes", "c"],
    ["-location:yes", "abde"],
    ["cert:none tag:none", "d"],
    ["cert:valid", ""],
  ])("%s", async (query, wanted) => {
    expect(await names({ query })).toBe(wanted);
    expect(await names({ query }, "-name", 1)).toBe(turned(wanted));
  });

  it("that names what is not there matches nothing and says so", async () => {
    const list = await listDevices(tenant.ctx("viewer"), { filter: { query: "-group:Nord" } });

    expect(list).toMatchObject({ devices: [], unknown: [{ kind: "group", name: "Nord" }] });
  });

  it("that cannot be understood is refused, with the reason at its field", async () => {
    await expect(
      listDevices(tenant.ctx("viewer"), { filter: { query: "presnce:late" } }),
    ).rejects.toMatchObject({
      code: "invalid",
      fields: [{ path: "filter.query", message: expect.stringContaining("presnce") as string }],
    });
  });
});

describe("the fleet's filters", () => {
  it("narrow by tag, firmware, last contact and place together", async () => {
    expect(await names({ tags: ["roof"], firmware: ["2.10.0"] })).toBe("b");
    expect(await names({ contactBefore: 60, contactWithin: 1_000 })).toBe("cd");
    expect(await names({ location: "known" })).toBe("c");
    expect(await names({ location: "unknown", presence: ["late"] })).toBe("d");
  });

  it("narrow to a part of the map, across the antimeridian too", async () => {
    const inside = { south: 50, west: 5, north: 60, east: 12 };

    expect(await names({ bounds: inside })).toBe("c");
    expect(await names({ bounds: { ...inside, west: 12, east: 5 } })).toBe("");
  });

  it.each(["contact", "-contact", "created", "-created"] as const)(
    "give the same order in pages of one as at once, by %s",
    async (sort) => {
      const whole = await names({ query: "-tag:none" }, sort);

      expect(whole).toHaveLength(4);
      expect(await names({ query: "-tag:none" }, sort, 1)).toBe(whole);
    },
  );

  it("follow a new name and other tags of a device at once", async () => {
    const ctx = (await createTestTenant(database, { slug: "renames" })).ctx("admin");
    const { deviceId } = await createDevice(ctx, { name: "old name", tags: ["one"] });
    const found = async (query: string) =>
      (await listDevices(ctx, { filter: { query } })).devices.map(({ name }) => name);

    await updateDevice(ctx, { deviceId, name: "new name", tags: ["two"] });

    expect(await found('"old name"')).toEqual([]);
    expect(await found("tag:one")).toEqual([]);
    expect(await found("new tag:two presence:never_seen")).toEqual(["new name"]);
    const copies = await withTenant(ctx, async (tx) => [
      await tx.devicePresence.findMany({ select: { name: true } }),
      await tx.deviceTag.findMany({ select: { name: true } }),
    ]);
    expect(copies).toEqual([[{ name: "new name" }], [{ name: "new name" }]]);
  });

  it("show the newest values that were asked for, and firmware, place and gateway", async () => {
    const { devices: found } = await listDevices(tenant.ctx("viewer"), {
      filter: { query: "tag:roof gateway:dev-b" },
      metrics: ["temperature", "door"],
    });
    const roof = await listDevices(tenant.ctx("viewer"), {
      filter: { tags: ["roof"] },
      metrics: ["temperature", "door"],
    });
    const behind = await listDevices(tenant.ctx("viewer"), { filter: { query: "gateway:dev-b" } });

    expect(found).toEqual([]);
    expect(roof.devices.map(({ latest }) => latest)).toEqual([
      { temperature: { v: 41.5, t: 1, unit: "Cel" } },
      { temperature: { v: 20, t: 1, unit: "Cel" }, door: { v: "open", t: 2, unit: null } },
    ]);
    expect(roof.devices[1]).toMatchObject({ firmware: "2.0.9", place: "Hall 7" });
    expect(behind.devices[0]?.gateway).toEqual({ deviceId: "dev-b", name: "b gateway" });
  });

  it("names no unit of a metric that schemas have in different ones", async () => {
    const known = await metricNames(tenant.ctx("viewer"), {});

    expect(known.filter(({ name }) => name === "temperature")).toEqual([
      { name: "temperature", type: "number", unit: null },
    ]);
  });

  it.each(["name", "-name", "contact", "-contact", "created"] as const)(
    "tells of devices that are folded under a gateway, page by page, by %s",
    async (sort) => {
      const fold = (under: string | null) =>
        database.ingest.pool.query(
          `UPDATE device_presence SET folded_key =
             (SELECT key FROM device WHERE tenant_id = $1 AND device_id = $2)
           WHERE tenant_id = $1 AND device_key IN
             (SELECT key FROM device WHERE tenant_id = $1 AND device_id IN ('dev-d', 'dev-e'))`,
          [tenant.tenantId, under],
        );
      await fold("dev-b");
      const told = new Map<string, unknown>();
      let cursor: string | undefined;
      do {
        const page = await listDevices(tenant.ctx("viewer", { now: () => now }), {
          sort,
          limit: 2,
          ...(cursor !== undefined && { cursor }),
        });
        for (const { deviceId, foldedUnder } of page.devices) told.set(deviceId, foldedUnder);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      await fold(null);

      const gateway = { deviceId: "dev-b", name: "b gateway", presence: "idle" };
      expect(Object.fromEntries(told)).toEqual({
        "dev-a": null,
        "dev-b": null,
        "dev-c": null,
        "dev-d": gateway,
        "dev-e": gateway,
      });
    },
  );

  it("count all that match, and the facets by tag, firmware and gateway", async () => {
    const ctx = tenant.ctx("viewer", { now: () => now });

    expect(await countMatchingDevices(ctx, { filter: { tags: ["roof"] } })).toMatchObject({
      count: 2,
    });
    const facets = await vi.waitFor(async () => {
      const counted = await deviceFacets(ctx, {});
      expect(counted.isCounted).toBe(true);
      return counted;
    });
    expect(facets).toMatchObject({
      tags: [
        { value: "roof", count: 2 },
        { value: "none", count: 1 },
        { value: "test", count: 1 },
      ],
      firmware: [{ value: "2.10.0" }, { value: "2.0.9" }],
      gateways: [{ label: "b gateway", count: 1 }],
    });
  });
});
