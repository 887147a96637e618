import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findUnorderedDays, orderDay } from "#server/db/order-readings.ts";
import { withTenant } from "#server/db/tenant.ts";
import { readingOrder } from "#server/jobs/reading-order.ts";
import { storeSamples } from "#server/jobs/store-samples.ts";
import { rebuildRollups } from "#server/services/storage/rebuild-rollups.ts";
import { showStorage } from "#server/services/storage/show.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let owner: pg.Client;
let runner: TestTenant;
let guest: TestTenant;
beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  runner = await createTestTenant(database, { slug: "runner", operator: true });
  guest = await createTestTenant(database, { slug: "guest" });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const person = {
  actor: { type: "token" as const, id: "00000000-0000-4000-8000-000000000001", name: "storage" },
};
const range = { from: "2026-11-20T08:00:30Z", to: "2026-11-20T08:03:00Z" };

describe("what is stored", () => {
  it("is shown with sizes, partitions ahead, what waits and no TimescaleDB", async () => {
    await owner.query(
      "INSERT INTO telemetry.rollup_due (minute, since) VALUES ('2026-11-20T08:00Z', '2026-11-27T10:00Z')",
    );
    const view = await showStorage(runner.ctx("auditor", person), {});
    await owner.query("DELETE FROM telemetry.rollup_due");

    expect(view.stores.find(({ store }) => store === "audit")?.bytes).toBeGreaterThan(0);
    expect(view.totalBytes).toBe(view.stores.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(view.stores.every(({ bytesPerDay }) => bytesPerDay === null)).toBe(true);
    expect(view.bytesPerDay).toBeNull();
    expect(view.partitionsAhead).toBeGreaterThan(1);
    expect(view.rollups).toEqual({
      openMinutes: 0,
      dueMinutes: 1,
      oldestAt: "2026-11-27T10:00:00.000Z",
    });
    expect(view.timescale.installed).toBeNull();
  });

  it("grows by what its samples say, which a job keeps once a day", async () => {
    expect(await storeSamples(database.ingest).run()).toContain("14 stores");
    await storeSamples(database.ingest).run();
    await owner.query(
      `INSERT INTO telemetry.store_sample SELECT day - 1, store, 0, 0 FROM telemetry.store_sample;
       INSERT INTO telemetry.store_sample VALUES (current_date - 500, 'audit', 1, 1)`,
    );
    const view = await showStorage(runner.ctx("admin", person), {});
    const audit = view.stores.find(({ store }) => store === "audit");
    expect(audit?.bytesPerDay).toBe(audit?.bytes);
    await storeSamples(database.ingest).run();
    const { rows } = await owner.query(
      "SELECT count(*)::integer AS count FROM telemetry.store_sample WHERE store = 'audit'",
    );
    expect(rows).toEqual([{ count: 2 }]);
  });

  it("is the business of the organisation that runs the installation, and of those who oversee it", async () => {
    await expect(showStorage(guest.ctx("admin", person), {})).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(showStorage(runner.ctx("operator", person), {})).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("asking for rollups to be computed again", () => {
  it("puts the minutes on the list and is recorded; twice is as good as once", async () => {
    const asked = await rebuildRollups(runner.ctx("admin", person), range);
    expect(asked).toMatchObject({ minutes: 3 });
    await rebuildRollups(runner.ctx("admin", person), range);
    const { rows } = await owner.query("SELECT minute FROM telemetry.rollup_due ORDER BY minute");
    expect(rows).toHaveLength(3);
    const { tenantId } = runner;
    const event = await withTenant({ db: database.app, tenantId }, (tx) =>
      tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
    );
    expect(event).toMatchObject({
      actionCode: "rollups.rebuild",
      target: "rollups",
      payload: { from: "2026-11-20T08:00:30.000Z", minutes: 3 },
    });
  });

  it("is refused to the wrong role, to another organisation, and for a bad range", async () => {
    await expect(rebuildRollups(runner.ctx("auditor", person), range)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(rebuildRollups(guest.ctx("admin", person), range)).rejects.toMatchObject({
      code: "forbidden",
    });
    for (const to of [range.from, "2026-12-20T08:00:00Z", "soon"]) {
      await expect(
        rebuildRollups(runner.ctx("admin", person), { ...range, to }),
      ).rejects.toMatchObject({ code: "invalid" });
    }
  });
});

describe("days of readings that are over", () => {
  it("are put in the order of devices once, when nothing came for an hour and nobody uses them", async () => {
    const { rows: days } = await owner.query<{ day: string; partition: string }>(
      `SELECT day::date::text AS day, 'reading_' || to_char(day, 'YYYYMMDD') AS partition
       FROM generate_series(current_date - 3, current_date, interval '3 days') AS day ORDER BY day`,
    );
    const [closed, today] = days;
    await owner.query(
      `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values")
       SELECT 10 - n % 10, d.day::timestamptz + n * interval '1 second', n, now(), 1, 0, ARRAY[n]
       FROM generate_series(1, 500) AS n, unnest($1::date[]) AS d(day)`,
      [[closed!.day, today!.day]],
    );
    await owner.query("SELECT pg_stat_force_next_flush()");
    const job = readingOrder(database.ingest);
    expect(await job.run()).toContain("none is quiet");
    await owner.query("UPDATE telemetry.partition_state SET looked_at = now() - interval '1 hour'");

    // Somebody reads that day: nobody is kept waiting behind the lock for long.
    await owner.query(`BEGIN; SELECT count(*) FROM telemetry.${closed!.partition}`);
    expect(await orderDay(database.ingest, closed!.partition)).toBe("in-use");
    await owner.query("COMMIT");
    expect(await job.run()).toBe(`${closed!.partition} is ordered`);

    const { rows } = await owner.query<{ keys: string[] }>(
      `SELECT array_agg(DISTINCT device_key ORDER BY device_key) AS keys FROM
         (SELECT device_key FROM telemetry.${closed!.partition} LIMIT 50) AS first`,
    );
    expect(rows[0]?.keys).toEqual(["1"]);
    expect(await findUnorderedDays(database.ingest)).toEqual([]);
    const view = await showStorage(runner.ctx("admin", person), {});
    expect(view.days.map(({ day, order }) => ({ day, order }))).toEqual([
      { day: today!.day, order: "open" },
      { day: closed!.day, order: "ordered" },
    ]);
  });

  it("are the only ones that the door opens for", async () => {
    for (const name of ["reading_default", "latest", `reading_${"99991231"}`]) {
      await expect(orderDay(database.ingest, name)).rejects.toThrow("no day of readings");
    }
  });
});
