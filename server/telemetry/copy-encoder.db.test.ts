import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWriter, type WriterConnection } from "#server/db/writer-connection.ts";
import { CopyEncoder, type CopyRow } from "#server/telemetry/copy-encoder.ts";
import { cloneDatabase, type TestDatabase } from "#server/testing/database.ts";

let database: TestDatabase;
let connection: WriterConnection;
beforeAll(async () => {
  database = await cloneDatabase();
  connection = await openWriter(database.ingest, undefined);
});
afterAll(async () => {
  connection.close();
  await database.drop();
});

/** A small start, so that the buffer grows on the way. */
const encoder = new CopyEncoder(64);
const now = 1_795_000_000_000_000;

async function store(rows: readonly CopyRow[]): Promise<unknown[]> {
  encoder.start(false);
  for (const row of rows) encoder.add(row);
  await connection.run([{ statement: "copyReadings", copyData: encoder.finish() }]);
  const stored = await database.ingest.pool.query(
    `SELECT device_key::text, (extract(epoch FROM ts) * 1000000)::bigint::text AS ts, message_key::text,
       (extract(epoch FROM received_at) * 1000000)::bigint::text AS received, schema_id, flags, "values", extra
     FROM telemetry.reading WHERE device_key = ANY($1::bigint[]) ORDER BY reading.device_key`,
    [rows.map((row) => row.deviceKey.toString())],
  );
  return stored.rows;
}

const row: CopyRow = {
  deviceKey: 1n,
  tsMicros: now,
  receivedMicros: now + 1,
  key: { hi: -1, lo: -1 },
  schemaId: 2,
  flags: 3,
  cells: [],
  extra: undefined,
};

describe("COPY BINARY as PostgreSQL reads it", () => {
  it.each<[string, Partial<CopyRow>, object]>([
    ["no values", {}, { values: [], extra: null }],
    ["holes as NULL", { cells: [Number.NaN, 1.5, Number.NaN] }, { values: [null, 1.5, null] }],
    [
      "the ends of numbers",
      { cells: [Number.MAX_VALUE, -Number.MIN_VALUE, -0] },
      { values: [Number.MAX_VALUE, -Number.MIN_VALUE, -0] },
    ],
    ["text in any script", { extra: '{"é":"日本 😀"}' }, { extra: { é: "日本 😀" } }],
    [
      "the lowest key",
      { key: { hi: -(2 ** 31), lo: 0 } },
      { message_key: (-(2n ** 63n)).toString() },
    ],
    [
      "the highest key",
      { key: { hi: 2 ** 31 - 1, lo: -1 } },
      { message_key: (2n ** 63n - 1n).toString() },
    ],
    ["a time before 2000", { tsMicros: 1_000_001 }, { ts: "1000001" }],
    ["a time before 1970", { tsMicros: -1 }, { ts: "-1" }],
  ])("stores %s", async (_, more, expected) => {
    const deviceKey = BigInt(Math.floor(Math.random() * 2 ** 50));
    const [stored] = await store([{ ...row, deviceKey, ...more }]);
    expect(stored).toMatchObject({
      device_key: deviceKey.toString(),
      schema_id: 2,
      flags: 3,
      ...expected,
    });
  });

  it("stores whatever rows as they are", async () => {
    const finite = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(Number.NaN));
    const extra = fc.option(
      fc.dictionary(
        fc.string({ unit: "grapheme-ascii" }).filter((name) => name !== "__proto__"),
        fc.oneof(fc.string({ unit: "grapheme" }), fc.integer()),
      ),
      { nil: undefined },
    );
    const rows = fc.array(
      fc.record({
        tsMicros: fc.integer({ min: now - 1e12, max: now + 1e12 }),
        key: fc.record({ hi: fc.integer(), lo: fc.integer() }),
        cells: fc.array(finite, { maxLength: 40 }),
        extra,
      }),
      { minLength: 1, maxLength: 20 },
    );
    let next = 10n;
    await fc.assert(
      fc.asyncProperty(rows, async (made) => {
        const given = made.map((each) => ({
          ...row,
          ...each,
          deviceKey: next++,
          extra: each.extra === undefined ? undefined : JSON.stringify(each.extra),
        }));
        const stored = await store(given);
        expect(stored).toEqual(
          given.map(({ deviceKey, tsMicros, key, cells, extra: text }) => ({
            device_key: deviceKey.toString(),
            ts: String(tsMicros),
            message_key: BigInt.asIntN(
              64,
              (BigInt(key.hi) << 32n) | BigInt(key.lo >>> 0),
            ).toString(),
            received: String(row.receivedMicros),
            schema_id: 2,
            flags: 3,
            values: cells.map((cell) => (Number.isNaN(cell) ? null : cell)),
            extra: text === undefined ? null : JSON.parse(text),
          })),
        );
      }),
      { numRuns: 15 },
    );
  });
});
