import type pg from "pg";

/** Rows of both tables as text, of which numbers do not depend on how they were added up. */
export type RollupRows = { readonly minutes: readonly string[]; readonly hours: readonly string[] };

const columns = "device_key, bucket, schema_id, counts, sums, mins, maxs, lasts, last_ms";

/** What the tables hold. */
export async function storedRollups(owner: pg.Client | pg.Pool): Promise<RollupRows> {
  const read = async (table: string): Promise<readonly string[]> => {
    const { rows } = await owner.query<{ row: string }>(
      `SELECT row(${columns})::text AS row FROM telemetry.${table} ORDER BY device_key, bucket, schema_id`,
    );
    return rows.map(({ row }) => row);
  };
  return { minutes: await read("rollup_minute"), hours: await read("rollup_hour") };
}

/** What they should hold, by the plainest query there is: one sub-select for each number. */
export async function expectedRollups(owner: pg.Client | pg.Pool): Promise<RollupRows> {
  const compute = async (unit: "minute" | "hour"): Promise<readonly string[]> => {
    const { rows } = await owner.query<{ row: string }>(
      `WITH cells AS (
         SELECT device_key, date_trunc('${unit}', ts, 'UTC') AS bucket, schema_id, i, v,
           floor(extract(epoch FROM ts - date_trunc('${unit}', ts, 'UTC')) * 1000)::integer AS ms
         FROM telemetry.reading, unnest("values") WITH ORDINALITY AS u(v, i)),
       buckets AS (
         SELECT device_key, bucket, schema_id, max(i) AS width FROM cells GROUP BY 1, 2, 3),
       fields AS (
         SELECT b.*, f.i, x.* FROM buckets b, generate_series(1, width) AS f(i), LATERAL (
           SELECT count(v)::integer AS n, sum(v) AS s, min(v) AS lo, max(v) AS hi,
             (array_agg(v ORDER BY ms DESC, v DESC) FILTER (WHERE v IS NOT NULL))[1] AS la,
             max(ms) FILTER (WHERE v IS NOT NULL) AS at
           FROM cells c WHERE (c.device_key, c.bucket, c.schema_id, c.i) = (b.device_key, b.bucket, b.schema_id, f.i)) AS x)
       SELECT row(device_key, bucket, schema_id, array_agg(n ORDER BY i), array_agg(s ORDER BY i),
         array_agg(lo ORDER BY i), array_agg(hi ORDER BY i), array_agg(la ORDER BY i), array_agg(at ORDER BY i))::text AS row
       FROM fields GROUP BY device_key, bucket, schema_id ORDER BY device_key, bucket, schema_id`,
    );
    return rows.map(({ row }) => row);
  };
  return { minutes: await compute("minute"), hours: await compute("hour") };
}

/** How the tables differ from what they should hold, and what is behind; nothing when all is well. */
export async function rollupDifferences(owner: pg.Client | pg.Pool): Promise<readonly string[]> {
  const [stored, expected] = [await storedRollups(owner), await expectedRollups(owner)];
  const behind = await minutesBehind(owner);
  const lacking = (some: readonly string[], others: readonly string[]): readonly string[] =>
    some.filter((row) => !others.includes(row));
  return [
    ...(behind === 0 ? [] : [`${behind} minutes are behind`]),
    ...(["minutes", "hours"] as const).flatMap((level) => [
      ...lacking(stored[level], expected[level]).map((row) => `${level}: not ${row}`),
      ...lacking(expected[level], stored[level]).map((row) => `${level}: but ${row}`),
    ]),
  ];
}

/** Minutes of all times that may lack readings. */
export async function minutesBehind(owner: pg.Client | pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(
    "SELECT count(*)::integer AS count FROM telemetry.rollups_behind('2000-01-01', '2100-01-01')",
  );
  return rows[0]?.count ?? -1;
}
