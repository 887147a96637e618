import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { circumstanceHistories } from "#server/testing/presence-histories/circumstances.ts";
import { connectionHistories } from "#server/testing/presence-histories/connections.ts";
import { readRecordedHistories } from "#server/testing/presence-histories/recorded.ts";
import { replayHistory } from "#server/testing/presence-histories/replay.ts";
import { wrongStates } from "#server/testing/presence-histories/wrong-states.ts";

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

describe("written", () => {
  it.each([...connectionHistories, ...circumstanceHistories])("$name", async (history) => {
    const told = await replayHistory({ database, owner, tenant }, history);
    const toTheSecond = Object.entries(told).map(([device, changes]) => [
      device,
      changes.map(([at, presence]) => [Math.floor(at), presence]),
    ]);
    expect(Object.fromEntries(toTheSecond)).toEqual(history.expect);
  });
});

describe("recorded", () => {
  const recorded = readRecordedHistories();

  it("there are thirty at least, of every connectivity model", () => {
    expect(recorded.length).toBeGreaterThanOrEqual(30);
    expect(new Set(recorded.map(({ connectivity }) => connectivity)).size).toBe(3);
  });

  it.each(recorded)("$name", async (history) => {
    const told = await replayHistory({ database, owner, tenant }, history);
    expect(wrongStates(history, told)).toEqual([]);
  });
});
