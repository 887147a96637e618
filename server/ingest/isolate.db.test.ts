import { randomUUID } from "node:crypto";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Fanout } from "#server/broker/fanout.ts";
import type { BatchStatement } from "#server/db/batch-statements.ts";
import { openWriter } from "#server/db/writer-connection.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { injectFunction } from "#server/testing/failing-writer.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";
import { createSubscribers, type TestSubscribers } from "#server/testing/subscribers.ts";

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

let device: DeviceIdentity;
let subscribers: TestSubscribers;
let kept: string;
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
  subscribers = createSubscribers(owner);
  kept = await subscribers.add({ tenantId: tenant.tenantId, filter: "#", keeps: true });
});

const good = ['{"id":"1","values":{"a":1}}', '{"id":"2","values":{"a":2}}'] as const;
const bad = '{"id":"bad","values":{"a":3}}';
const outcomes = ["stored", "dead_lettered", "stored"];

async function deadLetters(): Promise<readonly string[]> {
  const { rows } = await owner.query<{ detail: string }>(
    "SELECT detail FROM dead_letter WHERE device_key = $1",
    [device.deviceKey.toString()],
  );
  return rows.map(({ detail }) => detail);
}

it("a message whose statement is cancelled each time becomes a dead letter; the others of its batch are stored", async () => {
  const isBad = Buffer.from(bad).toString("base64");
  let attempts = 0;
  const bench = startIngestBench(database.ingest, {
    workerId: subscribers.workerId,
    fanout: subscribers.routes,
    openWriter: async (db, previousPid) => {
      const inject = "SELECT public.inject($1)";
      const connection = await openWriter(db, previousPid, { inject });
      return {
        ...connection,
        run: (steps) =>
          connection.run(
            steps.map((step) => {
              const parameters = step.parameters?.join("") ?? "";
              if (step.statement !== "enqueue" || !parameters.includes(isBad)) return step;
              attempts += 1;
              return { statement: "inject" as BatchStatement, parameters: ["57014"] };
            }),
          ),
      };
    },
  });

  const told = await bench.send(device, [good[0], bad, good[1]]);
  await bench.stop(5000);

  expect(told.map(({ outcome }) => outcome)).toEqual(outcomes);
  expect(attempts % 3).toBe(0);
  expect(await subscribers.queueOf(kept)).toEqual(good);
  expect(await deadLetters()).toEqual([
    "The database did not store this message in time, three times in a row.",
  ]);
});

it("a message that meets a fault of ours becomes a dead letter and does not count as an outage", async () => {
  const { routes } = subscribers;
  const fanout: Fanout = {
    get foreignVersion() {
      return routes.foreignVersion;
    },
    hasSubscribers: (tenantId) => routes.hasSubscribers(tenantId),
    catchUp: () => routes.catchUp(),
    deliver: (plan, seqs) => routes.deliver(plan, seqs),
    plan: (publications) => {
      if (publications.some(({ payload }) => payload.toString() === bad)) {
        throw new TypeError("undefined is not a function");
      }
      return routes.plan(publications);
    },
  };
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  const { workerId } = subscribers;
  const bench = startIngestBench(database.ingest, { workerId, fanout, log });

  const told = await bench.send(device, [good[0], bad, good[1]]);
  await bench.stop(5000);

  expect(told.map(({ outcome }) => outcome)).toEqual(outcomes);
  expect(await subscribers.queueOf(kept)).toEqual(good);
  expect(await deadLetters()).toEqual([
    "The message could not be processed; the log of the worker says why.",
  ]);
  expect(lines.join("")).toContain('"event":"ingest.bug"');
  expect(lines.join("")).not.toContain("database.away");
});
