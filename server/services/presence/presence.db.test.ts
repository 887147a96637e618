import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeDeviceContacts } from "#server/db/write-device-contacts.ts";
import { firstPresenceDay, writePresenceDays } from "#server/db/write-presence-days.ts";
import { forgetPresenceEvents } from "#server/db/forget-presence-events.ts";
import { judgePresence } from "#server/db/judge-presence.ts";
import { takePresenceTurn } from "#server/db/presence-turn.ts";
import { takeTurn } from "#server/jobs/presence/keep-presence.ts";
import type { LiveFrame } from "#server/domain/live.ts";
import { availability } from "#server/services/presence/availability.ts";
import { presenceHistory } from "#server/services/presence/history.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { judgeAll } from "#server/testing/presence.ts";
import { pino } from "pino";
import { randomUUID } from "node:crypto";

let database: TestDatabase;
let owner: pg.Client;
let acme: TestTenant;
let other: TestTenant;
const now = new Date("2030-03-10T12:00:00Z");
const at = (text: string) => new Date(`2030-03-${text}Z`);
const viewer = () => acme.ctx("viewer", { now: () => now });

async function createDevice(
  deviceId: string,
  events: readonly (readonly [at: Date, presence: string, cause?: string])[],
  more: { readonly tags?: readonly string[]; readonly tenant?: TestTenant } = {},
): Promise<bigint> {
  const { tenantId, profileId } = more.tenant ?? acme;
  const { rows } = await owner.query<{ key: string }>(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by, created_at, tags)
     VALUES ($1, $2, $2, $3, 'test', '2030-01-01Z', $4) RETURNING key`,
    [tenantId, deviceId, profileId, more.tags ?? []],
  );
  const key = rows[0]!.key;
  for (const [when, presence, cause] of events) {
    await owner.query(
      "INSERT INTO device_presence_event (tenant_id, device_key, at, presence, cause) VALUES ($1, $2, $3, $4, $5)",
      [tenantId, key, when, presence, cause ?? ""],
    );
    await owner.query(
      "UPDATE device_presence SET presence = $2, cause = $4, since = $3 WHERE device_key = $1",
      [key, presence, when, cause ?? ""],
    );
  }
  return BigInt(key);
}

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  await createDevice("steady", [[at("01T00:00:00"), "online"]], { tags: ["hall"] });
  await createDevice(
    "flaky",
    [
      [at("08T06:00:00"), "online"],
      [at("09T12:00:00"), "idle"],
      [at("09T18:00:00"), "late"],
      [at("09T21:00:00"), "silent"],
      [at("10T06:00:00"), "online"],
    ],
    { tags: ["hall", "roof"] },
  );
  await createDevice("held", [[at("02T00:00:00"), "suspended", "state"]]);
  await createDevice("theirs", [[at("02T00:00:00"), "silent"]], { tenant: other });
  for (const day of ["2030-03-08", "2030-03-09"]) await writePresenceDays(database.ingest, { day });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const hour = 3_600;

describe("the presence history of a device", () => {
  it("has no gaps, says why, and sums up", async () => {
    const history = await presenceHistory(viewer(), { deviceId: "flaky", hours: 24 });
    expect(history.spans.map(({ from, presence }) => [from.slice(8, 16), presence])).toEqual([
      ["09T12:00", "idle"],
      ["09T18:00", "late"],
      ["09T21:00", "silent"],
      ["10T06:00", "online"],
    ]);
    expect(history.spans.at(-1)?.until).toBe(now.toISOString());
    expect(history.availability).toBe(0.5);
    expect(history).toMatchObject({ presence: "online", gateway: null, isCut: false });
  });

  it("begins with how it was, also when nothing changed", async () => {
    const history = await presenceHistory(viewer(), { deviceId: "steady", hours: 168 });
    expect(history.spans).toHaveLength(1);
    expect(history.availability).toBe(1);
    const held = await presenceHistory(viewer(), { deviceId: "held" });
    expect(held).toMatchObject({ presence: "suspended", cause: "state", availability: null });
  });

  it("is of one's own devices, and of 30 days at most", async () => {
    await expect(presenceHistory(viewer(), { deviceId: "theirs" })).rejects.toThrow(/no device/);
    await expect(presenceHistory(viewer(), { deviceId: "flaky", hours: 721 })).rejects.toThrow(
      "720",
    );
  });
});

describe("availability", () => {
  it("is the share of the expected time, by day, profile and device; excused time does not count", async () => {
    const report = await availability(viewer(), { days: 3 });
    expect(report.days.map(({ day, availability: share }) => [day, share])).toEqual([
      // Not seen before six in the morning: nobody expected it.
      ["2030-03-08", 1],
      ["2030-03-09", (24 + 18) / 48],
      ["2030-03-10", (12 + 6) / 24],
    ]);
    expect(report.total.devices).toBe(3);
    expect(report.total.seconds).toEqual({
      online: (60 + 18 + 12 + 6) * hour,
      idle: 6 * hour,
      late: 3 * hour,
      silent: 9 * hour,
      stranded: 0,
      excused: (60 + 6) * hour,
    });
    expect(report.groups).toMatchObject([{ name: "generic", devices: 3 }]);
    expect(report.worst.map(({ deviceId, presence }) => [deviceId, presence])).toEqual([
      ["flaky", "online"],
    ]);
  });

  it("is told by tag, and of chosen devices only", async () => {
    const byTag = await availability(viewer(), { days: 1, by: "tag" });
    expect(
      byTag.groups.map(({ name, devices, availability: share }) => [name, devices, share]),
    ).toEqual([
      ["hall", 2, 18 / 24],
      ["roof", 1, 0.5],
    ]);
    const chosen = await availability(viewer(), {
      days: 3,
      devices: { by: "filter", filter: { tags: ["roof"] } },
    });
    expect(chosen.total).toMatchObject({ devices: 1 });
    expect(chosen.days.at(-1)?.availability).toBe(0.5);
  });

  it("of nobody is nothing, and other organisations have their own", async () => {
    const nobody = { by: "filter", filter: { text: "nobody" } } as const;
    const empty = await availability(viewer(), { devices: nobody });
    expect(empty).toMatchObject({ total: { devices: 0, availability: null }, days: [], worst: [] });
    const theirs = await availability(other.ctx("viewer", { now: () => now }), { days: 1 });
    expect(theirs.total).toMatchObject({ devices: 1, availability: 0 });
  });
});

describe("what is kept", () => {
  it("the newest change before the bound says how a device was; those before it go", async () => {
    await createDevice("old", [
      [new Date("2020-01-01Z"), "online"],
      [new Date("2020-01-02Z"), "silent"],
      [new Date("2020-01-03Z"), "online"],
    ]);
    expect(await firstPresenceDay(database.ingest)).toBe("2020-01-01");
    await forgetPresenceEvents(database.ingest);
    const { rows } = await owner.query<{ at: Date }>(
      "SELECT e.at FROM device_presence_event e JOIN device d ON d.key = e.device_key WHERE d.device_id = 'old' AND e.at < '2030-01-01Z'",
    );
    expect(rows.map((row) => row.at)).toEqual([new Date("2020-01-03Z")]);
  });
});

describe("the turn to judge", () => {
  const log = pino({ level: "silent" });

  it("is one worker's until it stays away, and whoever has it tells viewers and sums up days again", async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const frames: LiveFrame[] = [];
    const parts = {
      db: database.ingest,
      log,
      live: { emit: (_: string, frame: LiveFrame) => void frames.push(frame) },
    };
    const instant = (seconds: number) => new Date(Date.UTC(2030, 3, 2) + 600_000 + seconds * 1_000);
    await owner.query(
      "UPDATE telemetry.presence_engine SET holder = NULL, day_done = '2030-04-01', looked_at = $1",
      [instant(0)],
    );
    const key = await createDevice("watched", [[instant(-3_000), "idle"]]);
    const contact = {
      tenantId: acme.tenantId,
      deviceKey: key,
      lastMessageAt: instant(-950),
      firmware: null,
    };
    await writeDeviceContacts(database.ingest, [contact], { now: instant(-950) });
    await owner.query("UPDATE device_presence SET due_at = $2 WHERE device_key = $1", [
      String(key),
      instant(0),
    ]);

    expect(await takeTurn({ ...parts, workerId: first }, instant(1))).toMatchObject([
      { presence: "silent" },
    ]);
    expect(frames).toMatchObject([
      { kind: "presence", deviceKey: String(key), presence: "silent" },
    ]);
    expect(await takeTurn({ ...parts, workerId: second }, instant(5))).toBeUndefined();
    expect(await takeTurn({ ...parts, workerId: second }, instant(12))).toBeDefined();
    expect(await takePresenceTurn(database.ingest, { holder: first, now: instant(13) })).toBeNull();
    // Late since fifty seconds before midnight, which was found out after the day was summed up.
    const { rows } = await owner.query(
      "SELECT idle, late, excused FROM device_presence_day WHERE device_key = $1 AND day = '2030-04-01'",
      [String(key)],
    );
    expect(rows).toEqual([{ idle: 2_350, late: 50, excused: 84_000 }]);
  });

  it("what one holds in its hands another leaves alone, and does later", async () => {
    const key = await createDevice("held-row", []);
    const lock = new pg.Client({ connectionString: database.ownerUrl });
    await lock.connect();
    await lock.query("BEGIN");
    await lock.query("SELECT FROM device_presence WHERE device_key = $1 FOR UPDATE", [String(key)]);
    const contact = { tenantId: acme.tenantId, deviceKey: key, lastMessageAt: now, firmware: null };
    await writeDeviceContacts(database.ingest, [contact], { now });
    expect((await judgePresence(database.ingest, { now })).changes).toEqual([]);
    await lock.query("COMMIT");
    await lock.end();
    expect((await judgePresence(database.ingest, { now })).changes).toMatchObject([
      { deviceKey: String(key), presence: "idle" },
    ]);
  });
});

it("a contact of a device that is well leaves its presence alone", async () => {
  const key = await createDevice("well", []);
  const write = (when: Date) =>
    writeDeviceContacts(
      database.ingest,
      [{ tenantId: acme.tenantId, deviceKey: key, lastMessageAt: when, firmware: null }],
      { now: when },
    );
  await write(now);
  await judgeAll(database, now);
  const before = await owner.query("SELECT xmin FROM device_presence WHERE device_key = $1", [
    String(key),
  ]);
  await write(new Date(now.getTime() + 1_000));
  const { judged } = await judgePresence(database.ingest, { now: new Date(now.getTime() + 2_000) });
  const after = await owner.query("SELECT xmin FROM device_presence WHERE device_key = $1", [
    String(key),
  ]);
  expect(judged).toBe(0);
  expect(after.rows).toEqual(before.rows);
});
