import { afterAll, beforeAll, expect, it } from "vitest";
import type { RetainedMessage } from "#server/broker/session-store.ts";
import { startStoreBench, type StoreBench } from "#server/testing/broker.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createMemorySessionStore } from "#server/testing/memory-session-store.ts";

let database: TestDatabase;
let store: StoreBench;
let tenantId: string;
let otherTenantId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  ({ tenantId } = await createTestTenant(database, { slug: "acme" }));
  ({ tenantId: otherTenantId } = await createTestTenant(database, { slug: "other" }));
  store = await startStoreBench(database.ingest);
});
afterAll(async () => {
  await store.stop(1000);
  await database.drop();
});

type Row = { readonly topic: string; readonly [name: string]: unknown };

/** As an ingest batch does. @returns the ordinals that were refused */
async function retain(rows: readonly Row[]): Promise<readonly number[]> {
  const messages = rows.map((row) => ({
    tenant: tenantId,
    payload: Buffer.from("p").toString("base64"),
    forwarded: "",
    qos: 1,
    publisher: "",
    received_at: 1000,
    expires_at: null,
    ...row,
  }));
  const result = await database.ingest.pool.query<{ ordinal: number }>(
    "SELECT mqtt_retain($1::json) AS ordinal",
    [JSON.stringify(messages)],
  );
  return result.rows.map(({ ordinal }) => ordinal);
}

const found = async (filter: string, limit = 1000): Promise<string[]> =>
  (await store.retained(tenantId, filter, limit)).map(({ topic }) => topic);

it("a retained message comes back as it was stored, and an empty one deletes it", async () => {
  const expiresAt = Date.now() + 60_000;
  await retain([
    {
      topic: "one",
      payload: Buffer.from([0, 255]).toString("base64"),
      forwarded: Buffer.from([1]).toString("base64"),
      qos: 2,
      received_at: 1_700_000_000_000.5,
      expires_at: expiresAt,
    },
  ]);
  expect(await store.retained(tenantId, "one", 10)).toEqual([
    {
      topic: "one",
      payload: Buffer.from([0, 255]),
      forwarded: Buffer.from([1]),
      qos: 2,
      receivedAt: 1_700_000_000_000.5,
      expiresAt,
    },
  ]);
  expect(await store.retained(otherTenantId, "#", 10)).toEqual([]);
  await retain([{ topic: "one", payload: "" }]);
  expect(await found("one")).toEqual([]);
});

it("of several in a batch the last one counts", async () => {
  const text = (value: string): string => Buffer.from(value).toString("base64");
  await retain([
    { topic: "last", payload: text("1") },
    { topic: "last", payload: "" },
    { topic: "last", payload: text("2") },
  ]);
  expect((await store.retained(tenantId, "last", 1))[0]?.payload.toString()).toBe("2");
});

it("what expired is not sent, and is deleted by the sweep", async () => {
  await retain([{ topic: "old", expires_at: Date.now() - 1 }]);
  expect(await found("old")).toEqual([]);
  expect(await found("#")).not.toContain("old");
  expect(await store.sweep({ withLost: true, withQueues: true })).toMatchObject({ retained: 1 });
});

it("a publisher has so many topics and no more; those it has it may change", async () => {
  const mine = { publisher: "d:1", cap: 2 };
  expect(await retain([{ topic: "cap/1", ...mine }])).toEqual([]);
  expect(await retain([{ topic: "cap/2", ...mine }])).toEqual([]);
  expect(
    await retain([
      { topic: "cap/3", ...mine },
      { topic: "cap/1", ...mine },
    ]),
  ).toEqual([0]);
  expect(await retain([{ topic: "cap/4", publisher: "d:2", cap: 2 }])).toEqual([]);
  await retain([{ topic: "cap/2", payload: "", ...mine }]);
  expect(await retain([{ topic: "cap/3", ...mine }])).toEqual([]);
  expect(await found("cap/+")).toEqual(["cap/1", "cap/3", "cap/4"]);
});

it("[MQTT-4.7.2-1] [MQTT3-4.7.2-1] [MQTT-4.7.3-4] [MQTT3-4.7.3-4] filters select the topics that the standard says, whatever characters these have", async () => {
  const long = "x".repeat(65_000);
  const topics = [
    "a",
    "a/",
    "a/b",
    "a/b/c",
    "/",
    "/a",
    "//",
    "a//b",
    "aa",
    "ab/c",
    "A/b",
    "$SYS",
    "$SYS/x",
    "a/$x",
    ".*",
    "a.b",
    "[a]/(b)",
    "^a$",
    "a\\b",
    "a'b",
    'a"b',
    "a%b/_",
    "é/ü",
    "e\u0301",
    "😀/b",
    "日本/語",
    " ",
    "a/ ",
    "\u{10FFFD}",
    long,
    `a/${long}`,
    `${"l/".repeat(1000)}z`,
    "null",
    "{}",
  ];
  const short = (texts: readonly string[]) => texts.map((text) => text.slice(0, 30)).sort();
  const memory = createMemorySessionStore();
  const message = {
    payload: Buffer.from("p"),
    forwarded: Buffer.alloc(0),
    qos: 1,
    receivedAt: 1000,
  } as const;
  for (const topic of topics)
    memory.retain(tenantId, { ...message, topic, expiresAt: undefined } satisfies RetainedMessage);
  await database.ingest.pool.query("DELETE FROM retained_message");
  await retain(topics.map((topic) => ({ topic })));
  const filters = [
    "#",
    "+",
    "+/+",
    "+/#",
    "a/#",
    "a/+",
    "a/+/c",
    "a/b/#",
    "a/b/c/#",
    "/#",
    "/+",
    "+//b",
    "a//+",
    "$SYS/#",
    "$SYS",
    "$SYS/+",
    ".*",
    ".*/#",
    "[a]/+",
    "^a$/#",
    "a\\b",
    "a%b/+",
    "%/#",
    "_",
    "é/+",
    "😀/#",
    "日本/+",
    "\u{10FFFD}/#",
    long,
    `a/${long}`,
    `${long}/#`,
    `${"+/".repeat(1000)}z`,
    `${"+/".repeat(30_000)}z`,
    "+/ ",
    "aa/#",
  ];
  for (const filter of filters) {
    const expected = (await memory.retained(tenantId, filter, 1000)).map(({ topic }) => topic);
    expect(short([filter, ...(await found(filter))])).toEqual(short([filter, ...expected]));
  }
});

it("no more than asked for are sent", async () => {
  expect(await found("#", 3)).toHaveLength(3);
  expect(await store.retained(tenantId, "#", 0)).toEqual([]);
});

it("who asks waits for a batch that may not know of the subscription", async () => {
  await retain([{ topic: "race", payload: Buffer.from("old").toString("base64") }]);
  const batch = await database.ingest.pool.connect();
  await batch.query("BEGIN");
  await batch.query("SELECT mqtt_share_retained($1)", [JSON.stringify([tenantId])]);
  const asked = store.retained(tenantId, "race", 1);
  expect(await store.retained(otherTenantId, "race", 1)).toEqual([]);
  await batch.query("UPDATE retained_message SET payload = 'new' WHERE topic = 'race'");
  await batch.query("COMMIT");
  batch.release();

  expect((await asked)[0]?.payload.toString()).toBe("new");
});
