import { randomUUID } from "node:crypto";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { beatWorker } from "#server/db/beat-worker.ts";
import { createRollupKeeper, type RollupKeeper } from "#server/ingest/rollups/keeper.ts";
import { startJobs } from "#server/jobs/runner.ts";
import { rollupRebuild } from "#server/jobs/rollups.ts";
import { createMetrics } from "#server/observability/metrics.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createFailingWriter, injectFunction } from "#server/testing/failing-writer.ts";
import { createIngestDevice, startIngestBench, type IngestBench } from "#server/testing/ingest.ts";
import {
  expectedRollups,
  minutesBehind,
  rollupDifferences,
  storedRollups,
} from "#server/testing/rollups.ts";

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(injectFunction);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

let devices: DeviceIdentity[];
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  devices = [];
  for (const name of ["a", "b"]) {
    devices.push(await createIngestDevice(database, tenant, `${slug}-${name}`));
  }
});

/** A worker whose rollups are merged when the test says so. */
type Worker = {
  readonly bench: IngestBench;
  readonly keeper: RollupKeeper;
  readonly id: string;
  /** The next answer to a COMMIT is lost. */
  readonly loseAnswer: () => void;
  /** Merges everything, however long that takes here, and ends. */
  readonly stop: () => Promise<void>;
  /** Ends without merging anything, as a power cut would have it. */
  readonly kill: () => Promise<void>;
};

async function startWorker(): Promise<Worker> {
  let keeper: RollupKeeper | undefined;
  const id = randomUUID();
  const beat = { id, host: "h", pid: 1, busPath: "", startedAt: new Date() };
  await beatWorker(database.ingest, beat);
  let isKilled = false;
  const writer = createFailingWriter();
  const { pool } = database.ingest;
  /** Connections that a killed worker does not get any more. */
  const connect = async (): Promise<pg.PoolClient> => {
    if (isKilled) throw new Error("killed");
    return pool.connect();
  };
  const mortal = { ...database.ingest, pool: Object.create(pool, { connect: { value: connect } }) };
  const bench = startIngestBench(database.ingest, {
    workerId: id,
    createRollupKeeper: (at) => {
      keeper = createRollupKeeper({ ...at, db: mortal });
      return keeper;
    },
    openWriter: writer.open,
  });
  const made = keeper;
  if (made === undefined) throw new Error("No keeper was made.");
  return {
    bench,
    keeper: made,
    id,
    loseAnswer: () => writer.arm({ at: "answer", statement: "countLedger", code: "57P01" }),
    stop: async () => {
      await made.stop();
      await bench.stop(5000);
    },
    kill: async () => {
      isKilled = true;
      await bench.stop(5000);
      await owner.query("DELETE FROM worker_instance WHERE id = $1", [id]);
    },
  };
}

/** The job as a worker runs it, until nothing is left to do. */
async function rebuild(): Promise<void> {
  const job = rollupRebuild(database.ingest);
  await job.run();
}

const hourMs = 3_600_000;
/** Two minutes before an hour of this day. */
const start = Math.floor(Date.now() / hourMs) * hourMs - 5 * hourMs - 120_000;
let sent = 0;

/** Whole numbers, so that sums do not depend on their order. */
function reading(minute: number, value: number, more = ""): string {
  sent += 1;
  const ts = start + minute * 60_000 + (sent % 59) * 1000;
  return `{"id":"m${sent}","ts":${ts},"values":{"a":${value},"b":${sent % 2 === 0}${more}}}`;
}

describe("rollups", () => {
  it("equal what the readings say: several minutes and hours, late data, duplicates, text alone", async () => {
    const { bench, keeper, stop } = await startWorker();
    const [first] = devices;
    const texts = [reading(0, 1), reading(1, 5), reading(70, -2), reading(1, 7, ',"c":3')];
    await bench.send(first!, texts);
    expect(await minutesBehind(owner)).toBe(3);
    await keeper.flush(true);
    expect(await rollupDifferences(owner)).toEqual([]);

    await bench.send(first!, [...texts, reading(0, 100), `{"ts":${start},"values":{"t":"on"}}`]);
    await stop();
    expect(await rollupDifferences(owner)).toEqual([]);
    expect((await storedRollups(owner)).hours.length).toBe(2);
  });

  it("stay exact while two workers, repeats, crashes, lost answers, take-overs and rebuilds mix", async () => {
    let workers = [await startWorker(), await startWorker()];
    // A generator of its own, so that a failure can be repeated.
    let seed = 4711;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const old: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      const worker = workers[random(2)]!;
      const device = devices[random(2)]!;
      const texts = Array.from({ length: 1 + random(5) }, () => reading(random(6), random(50)));
      if (old.length > 0 && random(3) === 0) texts.push(old[random(old.length)]!);
      old.push(...texts);
      const others: Promise<unknown>[] = [];
      switch (random(7)) {
        case 0:
          others.push(worker.keeper.flush(random(2) === 0));
          break;
        case 1:
          others.push(owner.query("SELECT telemetry.rebuild_rollups($1, $2)", range()));
          others.push(rebuild());
          break;
        case 2:
          // Taken over although it lives.
          await owner.query("DELETE FROM worker_instance WHERE id = $1", [worker.id]);
          others.push(rebuild());
          break;
        case 3:
          await worker.kill();
          workers = [...workers.filter((each) => each !== worker), await startWorker()];
          continue;
        case 4:
          worker.loseAnswer();
          break;
        default:
          others.push(rebuild());
      }
      await Promise.all([worker.bench.send(device, texts), ...others]);
    }
    for (const { stop } of workers) await stop();
    await rebuild();
    await rebuild();
    expect(await rollupDifferences(owner)).toEqual([]);
  });

  it("are computed from the readings after a crash between commit and merge", async () => {
    const { bench, kill } = await startWorker();
    await bench.send(devices[0]!, [reading(0, 1), reading(3, 2)]);
    await kill();
    expect(await minutesBehind(owner)).toBe(2);

    await rebuild();
    expect(await rollupDifferences(owner)).toEqual([]);
  });

  it("count once what was committed although the answer to COMMIT was lost", async () => {
    const { bench, keeper, loseAnswer, stop } = await startWorker();
    await bench.send(devices[0]!, [reading(0, 1)]);
    loseAnswer();
    const repeated = [reading(0, 2), reading(9, 3)];
    await bench.send(devices[0]!, repeated);
    await bench.send(devices[0]!, [reading(0, 4), ...repeated]);
    await keeper.flush(true);
    await stop();
    expect(await minutesBehind(owner)).toBe(2);
    await rebuild();
    expect(await rollupDifferences(owner)).toEqual([]);
  });

  it("count once what a merge added whose answer was lost, and wait while the database is away", async () => {
    const { bench, keeper, stop } = await startWorker();
    await bench.send(devices[0]!, [reading(0, 1)]);
    await owner.query(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '57P01'; END $$;
       CREATE TRIGGER fail BEFORE INSERT ON telemetry.rollup_hour FOR EACH ROW EXECUTE FUNCTION fail();
       CREATE TRIGGER fail BEFORE INSERT ON telemetry.rollup_due EXECUTE FUNCTION fail()`,
    );
    await keeper.flush(true);
    expect(await minutesBehind(owner)).toBe(1);
    await owner.query("DROP FUNCTION fail CASCADE");
    await keeper.flush(false);
    await stop();
    await rebuild();
    expect(await rollupDifferences(owner)).toEqual([]);
  });

  it("leave out readings that a rebuild took in while a worker held them", async () => {
    const { bench, keeper, stop } = await startWorker();
    await bench.send(devices[0]!, [reading(0, 1)]);
    await owner.query("SELECT telemetry.rebuild_rollups($1, $2)", range());
    await rebuild();
    expect(await storedRollups(owner)).toEqual(await expectedRollups(owner));
    await keeper.flush(true);
    expect(await rollupDifferences(owner)).toEqual([]);

    // Some before and some after: nobody can tell them apart, so it is computed once more.
    await bench.send(devices[0]!, [reading(1, 1)]);
    await owner.query("SELECT telemetry.rebuild_rollups($1, $2)", range());
    await rebuild();
    await bench.send(devices[0]!, [reading(1, 2)]);
    await stop();
    expect(await minutesBehind(owner)).toBe(1);
    await rebuild();
    expect(await rollupDifferences(owner)).toEqual([]);
  });

  it("are not made again of a device whose history is being deleted", async () => {
    const { bench, stop } = await startWorker();
    const [device] = devices;
    await bench.send(device!, [reading(0, 1)]);
    await owner.query(
      "INSERT INTO device_erasure (tenant_id, device_key, requested_at, requested_by) VALUES ($1, $2, now(), 'test')",
      [device!.tenantId, device!.deviceKey.toString()],
    );
    await stop();
    await database.ingest.pool.query("SELECT * FROM telemetry.erase_some($1, 100)", [
      device!.deviceKey.toString(),
    ]);
    expect(await rollupDifferences(owner)).toEqual([]);
  });
});

function range(): Date[] {
  return [new Date(start), new Date(start + 6 * 60_000)];
}

describe("a rebuild of a range", () => {
  it("is refused for more than three days, or none", async () => {
    const ask = (from: string, until: string): Promise<unknown> =>
      database.app.pool.query("SELECT telemetry.rebuild_rollups($1, $2)", [from, until]);
    await expect(ask("2026-01-01", "2026-02-01")).rejects.toThrow("three days");
    await expect(ask("2026-01-02", "2026-01-01")).rejects.toThrow("three days");
  });

  it("makes good what somebody changed, and goes through the runner of jobs", async () => {
    const { bench, stop } = await startWorker();
    await bench.send(devices[0]!, [reading(0, 1), reading(1, 2)]);
    await stop();
    await owner.query(
      "DELETE FROM telemetry.rollup_minute; UPDATE telemetry.rollup_hour SET sums[1] = 99",
    );
    await owner.query("SELECT telemetry.rebuild_rollups($1, $2)", [
      new Date(start - hourMs),
      new Date(start + 2 * hourMs),
    ]);
    const stopJobs = await startJobs({
      db: database.ingest,
      log: pino({ level: "silent" }),
      metrics: createMetrics({ worker: "w" }),
      jobs: [rollupRebuild(database.ingest)],
    });
    await stopJobs();
    expect(await rollupDifferences(owner)).toEqual([]);
  });
});
