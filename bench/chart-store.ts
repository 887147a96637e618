import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { openDatabase, type Database } from "#server/db/client.ts";
import { startEmbeddedPostgres } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { createTenant } from "#server/services/tenant/create.ts";

/** Half a month of readings of eight metrics every ten seconds, rolled up. */
export type ChartStore = {
  readonly db: Database;
  readonly ownerUrl: string;
  readonly tenantId: string;
  readonly devices: readonly { readonly id: string; readonly key: string }[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  stop(): Promise<void>;
};

export const metricNames: readonly string[] = Array.from({ length: 8 }, (_, n) => `m${n}`);

const password = "bench";
/** Not below the project: PostgreSQL runs as another user, who may not enter it. */
const folder = path.join(tmpdir(), "quayside-bench-charts");
const from = Date.UTC(2026, 10, 1);
const everyMs = 10_000;
const readingsOfDevice = 125_000;
const days = Math.ceil((readingsOfDevice * everyMs) / 86_400_000);

/** Starts the database that is kept between runs; builds it when it is not there. */
export async function openChartStore(
  values: number,
  say: (line: string) => void,
): Promise<ChartStore> {
  const count = Math.max(1, Math.round(values / (readingsOfDevice * metricNames.length)));
  const server = await startEmbeddedPostgres({ dir: folder, password });
  const name = `charts_${count}`;
  await buildUnlessThere(server.url, name, count, say);
  const owner = new URL(server.url);
  owner.pathname = `/${name}`;
  const passwords = { app: password, ingest: password };
  const { appUrl } = await migrate({ ownerUrl: owner.href, passwords });
  const db = openDatabase({ url: appUrl, max: 4 });
  const found = await asOwner(owner.href, (client) =>
    client.query<{ id: string; key: string; tenantId: string }>(
      'SELECT id, key::text, tenant_id AS "tenantId" FROM device ORDER BY key',
    ),
  );
  return {
    db,
    ownerUrl: owner.href,
    tenantId: found.rows[0]?.tenantId ?? "",
    devices: found.rows,
    from,
    to: from + readingsOfDevice * everyMs,
    stop: async () => {
      await db.close();
      await server.stop();
    },
  };
}

export async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What an interrupted run left is taken away: the name is given when everything is in. */
async function buildUnlessThere(
  adminUrl: string,
  name: string,
  devices: number,
  say: (line: string) => void,
): Promise<void> {
  const isThere = await asOwner(adminUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name}_new`);
    const found = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${name}_new`);
    return found.rowCount !== 0;
  });
  if (isThere) return;
  const startedAt = performance.now();
  const owner = new URL(adminUrl);
  owner.pathname = `/${name}_new`;
  const passwords = { app: password, ingest: password };
  const { appUrl } = await migrate({ ownerUrl: owner.href, passwords });
  const db = openDatabase({ url: appUrl, max: 1 });
  const tenant = await createTenant(db, { slug: "acme", name: "Acme", operator: true });
  await db.close();
  const keys = await asOwner(owner.href, (client) =>
    prepareFleet(client, tenant.tenantId, devices),
  );
  // Two at a time: a statement keeps one processor busy.
  const lane = async (): Promise<void> =>
    asOwner(owner.href, async (client) => {
      await client.query("SET synchronous_commit = off");
      for (let key = keys.shift(); key !== undefined; key = keys.shift()) {
        await fillDevice(client, key);
        say(`${devices - keys.length} of ${devices} devices have their readings`);
      }
    });
  await Promise.all([lane(), lane()]);
  await asOwner(owner.href, (client) => client.query("VACUUM (ANALYZE)"));
  await asOwner(adminUrl, (client) => client.query(`ALTER DATABASE ${name}_new RENAME TO ${name}`));
  say(`built in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
}

type Filled = { readonly key: string; readonly schemaId: number };

async function prepareFleet(
  client: pg.Client,
  tenantId: string,
  devices: number,
): Promise<Filled[]> {
  await client.query("SELECT set_config('app.tenant', $1, false)", [tenantId]);
  await client.query("SELECT telemetry.ensure_partitions($1::date, $2)", [new Date(from), days]);
  const version = await client.query<{ id: number }>(
    `WITH s AS (INSERT INTO "schema" (tenant_id, name) VALUES ($1, 'bench') RETURNING id)
     INSERT INTO schema_version (tenant_id, name, version, schema_ref) SELECT $1, 'bench', 1, id FROM s RETURNING id`,
    [tenantId],
  );
  const schemaId = version.rows[0]?.id ?? 0;
  await client.query(
    `INSERT INTO schema_field (tenant_id, schema_id, position, name, type)
     SELECT $1, $2, n - 1, name, 'number' FROM unnest($3::text[]) WITH ORDINALITY AS f(name, n)`,
    [tenantId, schemaId, metricNames],
  );
  const made = await client.query<{ key: string }>(
    `WITH p AS (INSERT INTO profile (tenant_id, name, schema_id) VALUES ($1, 'bench', $2) RETURNING id)
     INSERT INTO device (tenant_id, device_id, name, profile_id, created_by)
     SELECT $1, 'bench-' || n, 'bench-' || n, p.id, 'bench' FROM p, generate_series(1, $3) AS n RETURNING key::text`,
    [tenantId, schemaId, devices],
  );
  return made.rows.map(({ key }) => ({ key, schemaId }));
}

const each = (sql: string): string =>
  `ARRAY[${metricNames.map((_, n) => sql.replaceAll("#", String(n + 1))).join(", ")}]`;

const rollUp = (table: string, width: string): string => `
  INSERT INTO telemetry.${table} (device_key, bucket, schema_id, counts, sums, mins, maxs, lasts, last_ms)
  SELECT device_key, bucket, schema_id, ${each("count(v[#])::integer")}, ${each("sum(v[#])")}, ${each("min(v[#])")},
    ${each("max(v[#])")}, (max(ARRAY[date_part('epoch', ts)] || v))[2:${metricNames.length + 1}],
    array_fill((date_part('epoch', max(ts) - bucket) * 1000)::integer, ARRAY[${metricNames.length}])
  FROM (SELECT device_key, schema_id, ts, "values" AS v, date_bin('${width}', ts, 'epoch') AS bucket
    FROM telemetry.reading WHERE device_key = $1) AS r
  GROUP BY device_key, bucket, schema_id ORDER BY bucket`;

/** Slow waves of different height with noise, and a spike now and then. */
async function fillDevice(client: pg.Client, { key, schemaId }: Filled): Promise<void> {
  await client.query(
    `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values")
     SELECT $1::bigint, at, n, at, $2, 0, ARRAY[${metricNames
       .map(
         (_, m) =>
           `${20 + m} + 10 * sin(n / 4000.0 + ${m} + $1::bigint % 7) + (hashint4(n * 8 + ${m}) % 1000) / 1000.0 + CASE WHEN n % 40000 = 777 THEN 200 ELSE 0 END`,
       )
       .join(", ")}]
     FROM generate_series(0, $3::integer - 1) AS n,
       LATERAL (SELECT to_timestamp($4::double precision / 1000) + n * $5::double precision * interval '1 ms' AS at) AS t`,
    [key, schemaId, readingsOfDevice, from, everyMs],
  );
  await client.query(rollUp("rollup_minute", "1 minute"), [key]);
  await client.query(rollUp("rollup_hour", "1 hour"), [key]);
}
