import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { certificateLifeOf } from "#server/domain/certificate-life.ts";
import { everyDevice, type FleetFilter, type FleetSort } from "#server/domain/fleet-filter.ts";
import type { Presence } from "#server/domain/presence.ts";
import { createDevice } from "#server/services/device/create.ts";
import { deviceFacets } from "#server/services/device/facets.ts";
import { listDevices } from "#server/services/device/list.ts";
import { findDevices } from "#server/services/device/search.ts";
import { showDevice } from "#server/services/device/show.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { judgeAll } from "#server/testing/presence.ts";

/** By the first letter of the name. */
const judged: Readonly<Record<string, Presence>> = {
  a: "never_seen",
  b: "online",
  c: "late",
  d: "idle",
  e: "late",
  f: "late",
  g: "stranded",
  h: "suspended",
  i: "decommissioned",
  j: "never_seen",
};

const now = new Date();
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const inDays = (days: number) => ago(-days * 86_400);
const liveWorker = randomUUID();
const deadWorker = randomUUID();

type Case = {
  readonly name: string;
  readonly state?: "active" | "suspended" | "decommissioned";
  readonly status?: {
    readonly connected: boolean;
    readonly workerId?: string;
    readonly connectedAt?: Date;
    readonly disconnectedAt?: Date;
    readonly lastMessageAt?: Date;
  };
  readonly certificates?: readonly (readonly [
    state: "issued" | "active" | "superseded" | "retired" | "revoked",
    notAfter: Date,
  ])[];
};

// Names in alphabetical order; every presence and every certificate life occurs.
const cases: readonly Case[] = [
  { name: "a never seen" },
  {
    name: "b connected",
    status: {
      connected: true,
      workerId: liveWorker,
      connectedAt: ago(4_000),
      lastMessageAt: ago(2),
    },
    certificates: [["active", inDays(61)]],
  },
  {
    name: "c connected to a dead worker",
    status: {
      connected: true,
      workerId: deadWorker,
      connectedAt: ago(5_000),
      lastMessageAt: ago(600),
    },
    certificates: [
      ["active", inDays(12)],
      ["revoked", inDays(80)],
    ],
  },
  {
    name: "d idle",
    status: {
      connected: false,
      connectedAt: ago(100),
      disconnectedAt: ago(50),
      lastMessageAt: ago(60),
    },
    certificates: [
      ["issued", inDays(89)],
      ["retired", inDays(-3)],
    ],
  },
  {
    name: "e late",
    status: { connected: false, disconnectedAt: ago(301) },
    certificates: [
      ["active", inDays(3)],
      ["issued", inDays(90)],
    ],
  },
  {
    name: "f late at its end",
    status: { connected: false, disconnectedAt: ago(899) },
    certificates: [
      ["superseded", inDays(5)],
      ["active", inDays(90)],
    ],
  },
  {
    name: "g stranded, its certificate has ended",
    status: { connected: false, disconnectedAt: ago(901), lastMessageAt: ago(1_000) },
    certificates: [["active", inDays(-2)]],
  },
  {
    name: "h suspended",
    state: "suspended",
    status: { connected: false, lastMessageAt: ago(30) },
    certificates: [["revoked", inDays(3)]],
  },
  { name: "i decommissioned", state: "decommissioned", certificates: [["retired", inDays(3)]] },
  { name: "j 100% _odd\\ name" },
];

let database: TestDatabase;
let tenant: TestTenant;
let stranger: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  stranger = await createTestTenant(database, { slug: "southwind" });
  await database.ingest.pool.query(
    `INSERT INTO worker_instance (id, host, pid, bus_path, started_at, heartbeat_at)
     VALUES ($1, 'h', 1, '', now(), now()), ($2, 'h', 2, '', now(), now() - interval '1 hour')`,
    [liveWorker, deadWorker],
  );
  for (const [index, entry] of cases.entries()) await insertCase(entry, index);
  await judgeAll(database, now);
  await withTenant({ db: database.app, tenantId: stranger.tenantId }, (tx) =>
    tx.device.create({
      data: {
        tenantId: stranger.tenantId,
        deviceId: "elsewhere",
        name: "b elsewhere",
        profileId: stranger.profileId,
        createdBy: "test",
      },
    }),
  );
});
afterAll(() => database.drop());

async function insertCase(entry: Case, index: number): Promise<void> {
  const { tenantId, profileId } = tenant;
  const device = await withTenant({ db: database.app, tenantId }, async (tx) => {
    const created = await tx.device.create({
      data: {
        tenantId,
        deviceId: `dev-${index}`,
        name: entry.name,
        profileId,
        createdBy: "test",
        ...(entry.state === undefined ? {} : { state: entry.state }),
      },
    });
    for (const [state, notAfter] of entry.certificates ?? []) {
      await tx.certificate.create({
        data: {
          tenantId,
          deviceId: created.id,
          sha256: randomUUID(),
          serial: "1",
          issuer: "i",
          subject: "s",
          spkiSha256: "k",
          keyAlgorithm: "P-256",
          notBefore: ago(86_400),
          notAfter,
          state,
          pem: "",
          issuedBy: "test",
        },
      });
    }
    return created;
  });
  if (entry.status === undefined) return;
  await database.ingest.prisma.deviceStatus.create({
    data: { tenantId, deviceKey: device.key, ...entry.status },
  });
}

async function names(
  filter: Partial<FleetFilter>,
  sort: FleetSort = "name",
  limit = 200,
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listDevices(tenant.ctx("viewer", { now: () => now }), {
      filter: { ...everyDevice.filter, ...filter },
      sort,
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.devices.map((device) => device.name));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

describe("the fleet list", () => {
  it("shows presence as it was judged, and certificate as the domain does", async () => {
    const page = await listDevices(tenant.ctx("viewer", { now: () => now }), {
      filter: {
        presence: [...new Set(Object.values(judged))],
      },
    });

    const expected = cases.map((entry) => {
      const rank = ["active", "issued", "superseded"];
      const current = (entry.certificates ?? [])
        .filter(([state]) => rank.includes(state))
        .toSorted(([a], [b]) => rank.indexOf(a) - rank.indexOf(b))[0];
      return {
        name: entry.name,
        presence: judged[entry.name.slice(0, 1)],
        life: certificateLifeOf(current?.[1] ?? null, now),
      };
    });
    expect(
      page.devices.map(({ name, presence, certificate }) => ({
        name,
        presence,
        life: certificate.life,
      })),
    ).toEqual(expected);
  });

  it("leaves decommissioned devices out unless asked for", async () => {
    expect(await names({})).toHaveLength(cases.length - 1);
    expect(await names({ presence: ["decommissioned"] })).toEqual(["i decommissioned"]);
  });

  it("never shows another organisation's device", async () => {
    expect(await names({ text: "elsewhere" })).toEqual([]);
  });

  it("finds text anywhere in name or id and takes wildcards literally", async () => {
    expect(await names({ text: "LATE" })).toEqual(["e late", "f late at its end"]);
    expect(await names({ text: "ev-3" })).toEqual(["d idle"]);
    expect(await names({ text: "%" })).toEqual(["j 100% _odd\\ name"]);
    expect(await names({ text: "_odd\\" })).toEqual(["j 100% _odd\\ name"]);
  });

  it("finds serial numbers, also of devices in quarantine, as the palette does", async () => {
    const ctx = (await createTestTenant(database, { slug: "serials" })).ctx("admin");
    const wanted = { name: "k by serial", serial: "SN-70017-X", quarantine: true };
    const { deviceId } = await createDevice(ctx, { ...wanted, tags: ["hall-7"] });

    const found = await listDevices(ctx, { filter: { text: "70017" } });
    const hits = await findDevices(ctx, { text: "sn-70017" });

    expect(found.devices).toMatchObject([
      { name: "k by serial", serial: "SN-70017-X", tags: ["hall-7"], presence: "quarantined" },
    ]);
    expect(hits).toMatchObject([{ deviceId }]);
  });

  it("narrows by presence and certificate together", async () => {
    expect(await names({ presence: ["late", "silent"], certificate: ["renew_soon"] })).toEqual([
      "c connected to a dead worker",
      "e late",
    ]);
    expect(await names({ certificate: ["expired"] })).toEqual([
      "g stranded, its certificate has ended",
    ]);
  });

  it.each(["name", "-name", "contact", "-contact", "created", "-created"] as const)(
    "gives the same order in pages of two as at once, by %s",
    async (sort) => {
      const whole = await names({}, sort);

      expect(await names({}, sort, 2)).toEqual(whole);
      expect(whole).toHaveLength(cases.length - 1);
    },
  );

  it("puts those never seen last, whichever way contact is sorted", async () => {
    const never = ["a never seen", "j 100% _odd\\ name"];

    expect((await names({}, "contact")).slice(-2)).toEqual(never);
    expect((await names({}, "-contact")).slice(-2)).toEqual(never);
    expect((await names({}, "-contact"))[0]).toBe("b connected");
  });

  it("refuses a marker of another order and a forged one", async () => {
    const first = await listDevices(tenant.ctx("viewer"), { sort: "name", limit: 2 });

    await expect(
      listDevices(tenant.ctx("viewer"), { sort: "created", cursor: first.nextCursor ?? "" }),
    ).rejects.toMatchObject({ code: "invalid" });
    await expect(listDevices(tenant.ctx("viewer"), { cursor: "AAAA" })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  it("says how many match on the first page only", async () => {
    const first = await listDevices(tenant.ctx("viewer"), { limit: 2 });
    const second = await listDevices(tenant.ctx("viewer"), {
      limit: 2,
      cursor: first.nextCursor ?? "",
    });

    const whole = await listDevices(tenant.ctx("viewer"), {});

    expect(first.matching).toEqual({ count: 2, more: true });
    expect(second.matching).toBeNull();
    expect(whole.matching).toEqual({ count: cases.length - 1, more: false });
  });
});

describe("facets", () => {
  it("count the fleet as the list shows it", async () => {
    const facets = await vi.waitFor(async () => {
      const counted = await deviceFacets(tenant.ctx("viewer", { now: () => now }), {});
      expect(counted.isCounted).toBe(true);
      return counted;
    });

    expect(facets.total).toBe(cases.length - 1);
    expect(facets.presence).toEqual({
      online: 1,
      idle: 1,
      late: 3,
      stranded: 1,
      never_seen: 2,
      suspended: 1,
      decommissioned: 1,
    });
    expect(facets.certificate).toEqual({ valid: 3, renew_soon: 2, expired: 1, none: 3 });
    expect(facets.profiles).toEqual([
      { id: tenant.profileId, name: "generic", count: cases.length - 1 },
    ]);
  });
});

describe("one device", () => {
  it("is found by its own id and by UUID, with its current certificate", async () => {
    const byName = await showDevice(tenant.ctx("viewer"), { device: "dev-4" });
    const byUuid = await showDevice(tenant.ctx("viewer"), { device: byName.id });

    expect(byUuid.deviceId).toBe("dev-4");
    expect(byName.currentCertificate).toMatchObject({ state: "active", daysLeft: 2 });
    expect(byName.connection.connected).toBe(false);
  });

  it("of another organisation does not exist", async () => {
    await expect(showDevice(tenant.ctx("admin"), { device: "elsewhere" })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("is found by the palette, names that begin with the text first", async () => {
    const hits = await findDevices(tenant.ctx("viewer"), { text: "d" });

    expect(hits[0]?.name).toBe("a never seen");
    expect(hits.map((hit) => hit.name)).not.toContain("i decommissioned");
  });
});
