import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openWriter } from "#server/db/writer-connection.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { startIngestBench } from "#server/testing/ingest.ts";
import { createSubscribers } from "#server/testing/subscribers.ts";

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

it("a message for very many kept queues goes there in several round trips of one transaction", async () => {
  const { tenantId } = await createTestTenant(database, { slug: "wide" });
  const subscribers = createSubscribers(owner);
  const kept: string[] = [];
  for (let index = 0; index < 70; index += 1) {
    kept.push(await subscribers.add({ tenantId, filter: "#", keeps: true }));
  }
  const trips: number[] = [];
  const bench = startIngestBench(database.ingest, {
    workerId: subscribers.workerId,
    fanout: subscribers.routes,
    openWriter: async (db, previousPid) => {
      const connection = await openWriter(db, previousPid);
      return {
        ...connection,
        run: async (steps) => {
          const rows = await connection.run(steps);
          const enqueued = steps.filter(({ statement }) => statement === "enqueue").length;
          if (enqueued > 0) trips.push(enqueued);
          // The connection is lost between the parts.
          if (trips.length === 1) throw Object.assign(new Error("lost"), { code: "57P01" });
          return rows;
        },
      };
    },
  });

  const payload = "x".repeat(1_048_576);
  const told = await bench.relay({ tenantId, id: randomUUID() }, [payload]);
  await bench.stop(5000);

  expect(told).toEqual([{ outcome: "stored", matched: true }]);
  expect(trips).toEqual([1, 1, 1]);
  const { rows } = await owner.query<{ queues: number; messages: number }>(
    "SELECT count(DISTINCT session_id)::integer AS queues, count(*)::integer AS messages FROM mqtt_queued_message WHERE tenant_id = $1",
    [tenantId],
  );
  expect(rows).toEqual([{ queues: kept.length, messages: kept.length }]);
  expect(subscribers.delivered).toHaveLength(kept.length);
  expect(subscribers.woken).toEqual([]);
}, 60_000);
