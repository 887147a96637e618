import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { circumstanceHistories } from "#server/testing/presence-histories/circumstances.ts";
import { connectionHistories } from "#server/testing/presence-histories/connections.ts";
import { replayHistory } from "#server/testing/presence-histories/replay.ts";

let database: TestDatabase;
let owner: pg.Client;
let tenant: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  tenant = await createTestTenant(database, { slug: "histories" });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

it.each([...connectionHistories, ...circumstanceHistories])("$name", async (history) => {
  expect(await replayHistory({ database, owner, tenant }, history)).toEqual(history.expect);
});
