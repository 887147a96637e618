import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "#server/db/client.ts";
import {
  finishPresenceDay,
  sumPresenceAgain,
  writePresenceDays,
} from "#server/db/write-presence-days.ts";
import {
  addSeconds,
  countedAs,
  noSeconds,
  type PresenceSeconds,
} from "#server/domain/availability.ts";
import { presences, type Presence } from "#server/domain/presence.ts";
import {
  availability,
  shownAvailability,
  type AvailabilityReport,
} from "#server/services/presence/availability.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

/*
 * Random histories of small fleets, judged day by day as the job does it, with news that reaches back,
 * jobs that are killed, and devices that come, go and change their profile. Whatever is asked must be
 * what a naive sum over all changes says.
 */

const daySeconds = 86_400;
const begin = Date.UTC(2031, 4, 1) / 1000;
const dayOf = (time: number): string => new Date(time * 1000).toISOString().slice(0, 10);

type Device = {
  readonly key: string;
  readonly deviceId: string;
  /** Seconds since 1970. */
  readonly events: { readonly at: number; readonly presence: Presence }[];
  profileId: string;
  readonly tags: readonly string[];
  isGone: boolean;
};
type Fleet = {
  readonly slug: string;
  readonly tenant: TestTenant;
  readonly profiles: readonly string[];
  readonly devices: Device[];
};

let database: TestDatabase;
let owner: pg.Client;
const fleets: Fleet[] = [];

/** The same every time: mulberry32. */
let seed = 7;
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const below = (count: number): number => Math.floor(random() * count);
const anyOf = <T>(list: readonly T[]): T => list[below(list.length)]!;

async function createDevice(fleet: Fleet, created: number): Promise<void> {
  const deviceId = `${fleet.slug}-${fleet.devices.length}`;
  const profileId = anyOf(fleet.profiles);
  const tags = ["hall", "roof", "yard"].filter(() => random() < 0.4);
  const { rows } = await owner.query<{ key: string }>(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by, created_at, tags)
     VALUES ($1, $2, $2, $3, 'test', to_timestamp($4), $5) RETURNING key`,
    [fleet.tenant.tenantId, deviceId, profileId, created, tags],
  );
  const events = [{ at: created, presence: "never_seen" as const }];
  fleet.devices.push({ key: rows[0]!.key, deviceId, events, profileId, tags, isGone: false });
}

async function change(fleet: Fleet, device: Device, at: number, presence: Presence): Promise<void> {
  if (device.events.some((event) => event.at === at)) return;
  device.events.push({ at, presence });
  device.events.sort((a, b) => a.at - b.at);
  const last = device.events.at(-1)!;
  await owner.query(
    "INSERT INTO device_presence_event (tenant_id, device_key, at, presence) VALUES ($1, $2, to_timestamp($3), $4)",
    [fleet.tenant.tenantId, device.key, at, presence],
  );
  await owner.query(
    "UPDATE device_presence SET presence = $2, since = to_timestamp($3) WHERE device_key = $1",
    [device.key, last.presence, last.at],
  );
}

/** What the judge leaves with news of a day that is over. */
async function newsOf(fleet: Fleet, now: number): Promise<void> {
  const device = anyOf(fleet.devices);
  const at = Math.max(now - 1 - below(4 * daySeconds), device.events[0]!.at + 1);
  await change(fleet, device, at, anyOf(presences));
  await owner.query("INSERT INTO telemetry.presence_again VALUES ($1, $2, $3)", [
    fleet.tenant.tenantId,
    device.key,
    dayOf(at),
  ]);
}

/** A job whose process dies at its nth statement. */
function dyingAt(statement: number): Database {
  const { ingest } = database;
  const connect = async () => {
    const client = await ingest.pool.connect();
    let count = 0;
    return {
      query: (...parameters: Parameters<pg.PoolClient["query"]>) => {
        count += 1;
        if (count >= statement) throw new Error("killed");
        return client.query(...parameters);
      },
      release: () => client.release(true),
    };
  };
  const pool = { connect, query: ingest.pool.query.bind(ingest.pool) };
  return { ...ingest, pool: pool as unknown as pg.Pool };
}

async function liveThrough(day: number): Promise<void> {
  const starts = begin + day * daySeconds;
  for (const fleet of fleets) {
    if (day % 3 === 0) await createDevice(fleet, starts + below(daySeconds));
    for (const device of fleet.devices) {
      const times = Array.from({ length: below(4) }, () => starts + below(daySeconds));
      for (const at of times.filter((time) => time > device.events[0]!.at)) {
        await change(fleet, device, at, anyOf(presences));
      }
    }
  }
  const ends = starts + daySeconds;
  await expect(finishPresenceDay(dyingAt(1 + below(4)), dayOf(starts))).rejects.toThrow("killed");
  await finishPresenceDay(database.ingest, dayOf(starts));
  for (const fleet of fleets)
    for (let news = below(3); news > 0; news -= 1) await newsOf(fleet, ends);
  // Some jobs die over it; their notes wait for the next.
  if (random() < 0.5) await sumPresenceAgain(dyingAt(3 + below(3))).catch(() => undefined);
  else await sumPresenceAgain(database.ingest);
}

function naive(devices: readonly Device[], from: number, until: number): PresenceSeconds {
  let sum = noSeconds;
  for (const { events } of devices) {
    for (const [index, { at, presence }] of events.entries()) {
      const ends = Math.min(events[index + 1]?.at ?? until, until);
      const seconds = Math.max(0, ends - Math.max(at, from));
      sum = addSeconds(sum, { ...noSeconds, [countedAs(presence)]: seconds });
    }
  }
  return sum;
}

function compare(report: AvailabilityReport, devices: readonly Device[], now: number): void {
  const from = Date.parse(report.from) / 1000;
  expect(report.total).toMatchObject({
    devices: devices.length,
    seconds: naive(devices, from, now),
  });
  const days: Record<string, PresenceSeconds> = {};
  for (let day = from; day < now; day += daySeconds) {
    const seconds = naive(devices, day, Math.min(day + daySeconds, now));
    if (Object.values(seconds).some((value) => value > 0)) days[dayOf(day)] = seconds;
  }
  expect(Object.fromEntries(report.days.map(({ day, seconds }) => [day, seconds]))).toEqual(days);
  for (const { deviceId, seconds } of report.worst) {
    const own = devices.filter((device) => device.deviceId === deviceId);
    expect([deviceId, seconds]).toEqual([deviceId, naive(own, from, now)]);
  }
}

async function compareAll(now: number): Promise<void> {
  for (const { tenant, devices: all, profiles } of fleets) {
    const ctx = tenant.ctx("viewer", { now: () => new Date(now * 1000) });
    const devices = all.filter(({ isGone }) => !isGone);
    for (const days of [1, 2, 7, 19]) {
      const report = await availability(ctx, { days, by: "profile" });
      compare(report, devices, now);
      for (const { id, seconds, devices: count } of report.groups) {
        const own = devices.filter(({ profileId }) => profileId === id);
        const from = Date.parse(report.from) / 1000;
        expect([count, seconds]).toEqual([own.length, naive(own, from, now)]);
      }
    }
    const [profile = ""] = profiles;
    compare(
      await availability(ctx, { days: 12, profile, by: "tag" }),
      devices.filter(({ profileId }) => profileId === profile),
      now,
    );
    for (const tag of ["hall", "roof"]) {
      compare(
        await availability(ctx, { days: 12, tag }),
        devices.filter(({ tags }) => tags.includes(tag)),
        now,
      );
    }
  }
}

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query("UPDATE telemetry.presence_engine SET day_done = $1", [
    dayOf(begin - daySeconds),
  ]);
  for (const slug of ["north", "south"]) {
    const tenant = await createTestTenant(database, { slug });
    const { rows } = await owner.query<{ id: string }>(
      `INSERT INTO profile (tenant_id, name, schema_id)
       SELECT tenant_id, 'second', schema_id FROM profile WHERE id = $1 RETURNING id`,
      [tenant.profileId],
    );
    const fleet = { slug, tenant, profiles: [tenant.profileId, rows[0]!.id], devices: [] };
    fleets.push(fleet);
    for (let index = 0; index < 6; index += 1) {
      await createDevice(fleet, begin + below(3_600));
    }
  }
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

it("sums are what all changes say, whatever was judged again, killed, moved or taken out of service", async () => {
  for (let day = 0; day < 18; day += 1) {
    await liveThrough(day);
    const noon = begin + (day + 1.5) * daySeconds;
    if (day % 6 !== 5) continue;
    await sumPresenceAgain(database.ingest);
    await compareAll(noon);
    for (const fleet of fleets) {
      const [moved, gone] = [anyOf(fleet.devices), anyOf(fleet.devices)];
      moved.profileId = anyOf(fleet.profiles);
      await owner.query("UPDATE device SET profile_id = $2 WHERE key = $1", [
        moved.key,
        moved.profileId,
      ]);
      await owner.query("UPDATE device SET state = 'decommissioned' WHERE key = $1", [gone.key]);
      gone.isGone = true;
      // The trigger goes by the database's clock; these histories have another.
      await owner.query(
        "DELETE FROM device_presence_event WHERE device_key = $1 AND at < to_timestamp($2)",
        [gone.key, begin],
      );
      await owner.query(
        "UPDATE device_presence SET presence = $2, since = to_timestamp($3) WHERE device_key = $1",
        [gone.key, gone.events.at(-1)!.presence, gone.events.at(-1)!.at],
      );
    }
    await compareAll(noon);
  }
  const { rows } = await owner.query("SELECT FROM telemetry.presence_again");
  expect(rows).toEqual([]);
});

it("a day that is written again changes nothing, and a device's last sum is that of its days", async () => {
  const [{ tenant, devices }] = fleets as [Fleet];
  const now = begin + 18.5 * daySeconds;
  const ctx = tenant.ctx("viewer", { now: () => new Date(now * 1000) });
  const before = await availability(ctx, { days: 10 });
  await writePresenceDays(database.ingest, { day: dayOf(begin + 10 * daySeconds) });
  expect(await availability(ctx, { days: 10 })).toEqual(before);
  const { rows } = await owner.query(
    `SELECT sum(online) = max(online_sum) AND sum(excused) = max(excused_sum) AS whole
     FROM device_presence_day WHERE device_key = ANY($1) GROUP BY device_key`,
    [devices.map(({ key }) => key)],
  );
  expect(rows).toEqual(devices.map(() => ({ whole: true })));
});

it("a page is shown what was summed up a moment ago, of all devices and of nobody else's", async () => {
  const [one, other] = fleets as [Fleet, Fleet];
  let now = (begin + 18.6 * daySeconds) * 1000;
  const at = ({ tenant }: Fleet) => tenant.ctx("viewer", { now: () => new Date(now) });
  const first = await shownAvailability(at(one), { days: 10 });
  expect(first).toEqual(await availability(at(one), { days: 10 }));
  expect(await shownAvailability(at(other), { days: 10 })).not.toEqual(first);
  now += 1_000;
  expect(await shownAvailability(at(one), { days: 10 })).toEqual(first);
  expect((await shownAvailability(at(one), { days: 10, by: "tag" })).until).not.toBe(first.until);
  const narrowed = { days: 10, profile: one.tenant.profileId };
  expect((await shownAvailability(at(one), narrowed)).until).not.toBe(first.until);
  now += 5 * 60_000;
  const later = await shownAvailability(at(one), { days: 10 });
  expect(later).toEqual(await availability(at(one), { days: 10 }));
  expect(later.until).not.toBe(first.until);
});
