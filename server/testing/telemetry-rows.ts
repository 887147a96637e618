import pg from "pg";
import type { TestDatabase, TestTenant } from "#server/testing/database.ts";

/** A stored reading; `values` by position of its schema version. */
export type StoredReading = {
  readonly deviceKey: bigint;
  /** Epoch milliseconds. */
  readonly t: number;
  readonly messageKey: number;
  readonly schemaId: number;
  readonly values: readonly (number | null)[];
  readonly extra?: Readonly<Record<string, unknown>>;
};

export type StoredField = {
  readonly position: number;
  readonly name: string;
  readonly type: string;
  readonly unit: string | null;
};

/** Runs statements as the owner of the tables, in a tenant. */
export async function asOwner<T>(
  database: Pick<TestDatabase, "ownerUrl">,
  tenantId: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    await client.query("SELECT set_config('app.tenant', $1, false)", [tenantId]);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes a schema with versions of these fields. @returns their ids */
export async function createVersions(
  database: Pick<TestDatabase, "ownerUrl">,
  { tenantId }: Pick<TestTenant, "tenantId">,
  name: string,
  versions: readonly (readonly StoredField[])[],
): Promise<readonly number[]> {
  return asOwner(database, tenantId, async (client) => {
    const made = await client.query<{ id: string }>(
      'INSERT INTO "schema" (tenant_id, name) VALUES ($1, $2) RETURNING id',
      [tenantId, name],
    );
    const ids: number[] = [];
    for (const [index, fields] of versions.entries()) {
      const version = await client.query<{ id: number }>(
        "INSERT INTO schema_version (tenant_id, name, version, schema_ref) VALUES ($1, $2, $3, $4) RETURNING id",
        [tenantId, name, index + 1, made.rows[0]?.id],
      );
      const id = version.rows[0]?.id ?? 0;
      await client.query(
        `INSERT INTO schema_field (tenant_id, schema_id, position, name, type, unit)
         SELECT $1, $2, position, name, type, unit
         FROM json_to_recordset($3::json) AS f(position integer, name text, type text, unit text)`,
        [tenantId, id, JSON.stringify(fields)],
      );
      ids.push(id);
    }
    return ids;
  });
}

/** Stores readings, as ingest would. */
export async function storeReadings(
  client: pg.ClientBase,
  readings: readonly StoredReading[],
): Promise<void> {
  await client.query(
    `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values", extra)
     SELECT r.device, to_timestamp(r.t / 1000.0), r.message, to_timestamp(r.t / 1000.0), r.version, 0,
       ARRAY(SELECT v::double precision FROM jsonb_array_elements_text(r.cells) WITH ORDINALITY AS c(v, n) ORDER BY n), r.extra
     FROM json_to_recordset($1::json) AS r(device bigint, t double precision, message bigint, version integer, cells jsonb, extra jsonb)`,
    [
      JSON.stringify(
        readings.map(({ deviceKey, t, messageKey, schemaId, values, extra }) => ({
          device: deviceKey.toString(),
          t,
          message: messageKey,
          version: schemaId,
          cells: values,
          extra,
        })),
      ),
    ],
  );
}

/** Computes all rollups anew from all readings, by SQL alone. */
export async function rollUpAll(client: pg.ClientBase): Promise<void> {
  for (const [table, width] of [
    ["rollup_minute", "1 minute"],
    ["rollup_hour", "1 hour"],
  ] as const) {
    await client.query(`DELETE FROM telemetry.${table}`);
    await client.query(
      `INSERT INTO telemetry.${table}
       SELECT device_key, bucket, schema_id, array_agg(n ORDER BY i), array_agg(s ORDER BY i), array_agg(l ORDER BY i),
         array_agg(h ORDER BY i), array_agg(e[2] ORDER BY i), array_agg(e[1]::integer ORDER BY i)
       FROM (
         SELECT device_key, bucket, schema_id, i, count(v)::integer AS n, sum(v) AS s, min(v) AS l, max(v) AS h,
           max(CASE WHEN v IS NOT NULL THEN ARRAY[floor(round(date_part('epoch', ts - bucket) * 1e6) / 1000), v] END) AS e
         FROM (SELECT *, date_bin($1, ts, 'epoch') AS bucket FROM telemetry.reading) r,
           unnest(r."values") WITH ORDINALITY AS u(v, i)
         GROUP BY device_key, bucket, schema_id, i) AS fields
       GROUP BY device_key, bucket, schema_id`,
      [width],
    );
  }
}
