import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "#server/db/client.ts";
import { partitionsAhead } from "#server/db/ensure-partitions.ts";
import { listLiveWorkers } from "#server/db/list-live-workers.ts";
import { listenControl } from "#server/db/listen-control.ts";
import { controlChannel, type ControlEvent } from "#server/db/notify-control.ts";
import { startHeartbeat } from "#server/jobs/heartbeat.ts";
import { startJobs, type Job } from "#server/jobs/runner.ts";
import { workerJobs } from "#server/jobs/worker-jobs.ts";
import { createMetrics } from "#server/observability/metrics.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const log = pino({ level: "silent" });

async function runOnce(jobs: readonly Job[]): Promise<void> {
  const metrics = createMetrics({ worker: "w" });
  const stop = await startJobs({ db: database.ingest, log, metrics, jobs });
  await stop();
}

async function jobRun(name: string): Promise<Record<string, unknown> | undefined> {
  const result = await owner.query(
    "SELECT outcome, detail, finished_at IS NOT NULL AS finished FROM job_run WHERE name = $1",
    [name],
  );
  return result.rows[0];
}

describe("a job", () => {
  it("finds a connection for its work, however many begin together", async () => {
    const db = openDatabase({ url: database.ingestUrl, max: 6 });
    let most = 0;
    let current = 0;
    const jobs = Array.from({ length: 20 }, (_, n): Job => ({
      name: `test.many.${n}`,
      everyMs: 60_000,
      run: async () => {
        current += 1;
        most = Math.max(most, current);
        await db.pool.query("SELECT pg_sleep(0.01)");
        current -= 1;
        return "done it";
      },
    }));
    const stop = await startJobs({ db, log, metrics: createMetrics({ worker: "w" }), jobs });
    await stop();
    await db.close();
    const { rows } = await owner.query(
      "SELECT count(*)::int AS done FROM job_run WHERE name LIKE 'test.many.%' AND outcome = 'done'",
    );
    expect(rows).toEqual([{ done: 20 }]);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("runs on one of two workers, and says what it did", async () => {
    let runs = 0;
    const job: Job = {
      name: "test.once",
      everyMs: 60_000,
      run: async () => {
        runs += 1;
        await sleep(50);
        return "done it";
      },
    };
    await Promise.all([runOnce([job]), runOnce([job])]);
    await runOnce([job]);
    expect(runs).toBe(1);
    expect(await jobRun("test.once")).toEqual({
      outcome: "done",
      detail: "done it",
      finished: true,
    });
  });

  it("that fails is recorded and tried again at the next time", async () => {
    let runs = 0;
    const job: Job = {
      name: "test.fails",
      everyMs: 60_000,
      run: async () => {
        runs += 1;
        throw new Error("no space left");
      },
    };
    await runOnce([job]);
    expect(await jobRun("test.fails")).toMatchObject({
      outcome: "failed",
      detail: "no space left",
    });
    await runOnce([job]);
    expect(runs).toBe(2);
  });
});

describe("telemetry.partitions", () => {
  it("makes partitions that are missing, and tells how many there were", async () => {
    const days = await owner.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relname ~ '^reading_[0-9]+$'
         AND relname > 'reading_' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')`,
    );
    for (const { name } of days.rows) await owner.query(`DROP TABLE telemetry.${name}`);
    expect(await partitionsAhead(database.ingest)).toBe(0);

    const [job] = workerJobs(database.ingest);
    if (job === undefined) throw new Error("no job");
    await runOnce([job]);

    expect(await partitionsAhead(database.ingest)).toBe(7);
    expect(await jobRun("telemetry.partitions")).toMatchObject({
      outcome: "done",
      detail: expect.stringMatching(/^0 days ahead before, \d+ partitions made, 7 days ahead now$/),
    });
  });
});

describe("the window of recent keys", () => {
  it("keeps what is younger than twenty minutes", async () => {
    await owner.query(
      `INSERT INTO telemetry.recent_message VALUES (1, 1, now() - interval '21 minutes'), (1, 2, now() - interval '19 minutes')`,
    );
    await runOnce(workerJobs(database.ingest).filter(({ name }) => name.includes("recent")));
    const left = await owner.query(
      "SELECT message_key::integer AS key FROM telemetry.recent_message",
    );
    expect(left.rows).toEqual([{ key: 2 }]);
  });
});

describe("a worker", () => {
  it("calls the devices of a silent one disconnected, but not right after an outage, when all are silent", async () => {
    const { tenantId, profileId } = await createTestTenant(database, { slug: "silent" });
    const { deviceKey } = await createIngestDevice(database, { tenantId, profileId }, "silent");
    await owner.query(
      "INSERT INTO device_status (tenant_id, device_key, connected, worker_id) VALUES ($1, $2, true, $3)",
      [tenantId, deviceKey.toString(), randomUUID()],
    );
    const isConnected = async () => {
      const { rows } = await owner.query<{ connected: boolean }>(
        "SELECT connected FROM device_status WHERE device_key = $1",
        [deviceKey.toString()],
      );
      return rows[0]?.connected;
    };
    let now = 0;
    const job = workerJobs(database.ingest, () => now).find(({ name }) => name === "workers.dead");
    const seen: (boolean | undefined)[] = [];
    for (now of [0, 60_000, 70_000]) {
      await job?.run();
      seen.push(await isConnected());
    }
    expect(seen).toEqual([true, true, false]);
  });

  it("is on the list while it beats, and off it when it stops", async () => {
    const id = randomUUID();
    const worker = { id, host: "h", pid: 1, busPath: "/tmp/none.sock", startedAt: new Date() };
    const stop = await startHeartbeat({ db: database.ingest, worker, log });
    expect(await listLiveWorkers(database.app)).toEqual([{ id, busPath: "/tmp/none.sock" }]);
    await owner.query("UPDATE worker_instance SET heartbeat_at = now() - interval '16 seconds'");
    expect(await listLiveWorkers(database.app)).toEqual([]);
    await stop();
    expect((await owner.query("SELECT 1 FROM worker_instance")).rowCount).toBe(0);
  });
});

describe("control events", () => {
  it("arrive, also after the connection was cut, and a gap is told", async () => {
    const events: ControlEvent[] = [];
    let gaps = 0;
    const stop = listenControl(database.ingest, {
      event: (event) => void events.push(event),
      missed: () => {
        gaps += 1;
      },
    });
    const until = async (holds: () => boolean): Promise<void> => {
      for (let waited = 0; waited < 10_000 && !holds(); waited += 10) await sleep(10);
      expect(holds()).toBe(true);
    };
    const tell = (text: string): Promise<unknown> =>
      owner.query("SELECT pg_notify($1, $2)", [controlChannel, text]);

    await until(() => gaps === 1);
    await tell("not json");
    await tell('{"kind":"device","tenantId":"t","deviceKey":"7"}');
    await until(() => events.length === 1);
    await owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'quayside_ingest' AND datname = current_database()",
    );
    await until(() => gaps === 2);
    await tell('{"kind":"profile","tenantId":"t","profileId":"p"}');
    await until(() => events.length === 2);
    await stop();
    expect(events).toEqual([
      { kind: "device", tenantId: "t", deviceKey: "7" },
      { kind: "profile", tenantId: "t", profileId: "p" },
    ]);
  });
});
