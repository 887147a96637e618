import type { Database, Tx } from "#server/db/client.ts";
import type { StoreName, StoreSample, StoreSize } from "#server/domain/stores.ts";

/** Tables of each store, by their names or those of their partitioned parents. */
const tables: Readonly<Record<Exclude<StoreName, "other">, readonly string[]>> = {
  readings: ["telemetry.reading"],
  minutes: ["telemetry.rollup_minute"],
  hours: ["telemetry.rollup_hour"],
  messages: ["telemetry.device_message", "public.message_sample"],
  latest: ["telemetry.latest"],
  dead_letters: ["public.dead_letter"],
  ledger: ["public.ledger_minute"],
  presence: ["public.device_presence_event", "public.device_presence_day", "public.presence_day"],
  connections: ["public.device_connection_event"],
  certificates: ["public.certificate"],
  audit: ["public.audit_event"],
  sessions: [
    "public.mqtt_session",
    "public.mqtt_queued_message",
    "public.mqtt_inbound_id",
    "public.retained_message",
  ],
  devices: ["public.device", "public.device_status", "public.device_presence"],
};

/**
 * Size with indexes and TOAST of every store, and how many rows the planner takes it for; what is in
 * none of them is "other". Reads the catalogue only.
 */
const measureStoresSql = `
  WITH named(store, parent) AS (VALUES ${Object.entries(tables)
    .flatMap(([store, names]) => names.map((name) => `('${store}', '${name}')`))
    .join(", ")}),
  leaves AS (
    SELECT n.store, l.relid AS oid FROM named n, LATERAL pg_partition_tree(to_regclass(n.parent)) AS l
    WHERE l.isleaf
    UNION SELECT n.store, to_regclass(n.parent) FROM named n),
  all_tables AS (
    SELECT coalesce(l.store, 'other') AS store, c.oid, c.reltuples FROM pg_class c
    JOIN pg_namespace s ON s.oid = c.relnamespace LEFT JOIN leaves l ON l.oid = c.oid
    WHERE s.nspname IN ('public', 'telemetry') AND c.relkind = 'r')
  SELECT store, sum(pg_total_relation_size(oid))::bigint::text AS bytes,
    sum(greatest(reltuples, 0))::bigint::text AS rows
  FROM all_tables GROUP BY store`;

type Row = { readonly store: StoreName; readonly bytes: string; readonly rows: string };

function sizeOf({ store, bytes, rows }: Row): StoreSize {
  return { store, bytes: Number(bytes), rows: Number(rows) };
}

/** What the stores weigh now, the whole installation's (application role). */
export async function measureStores(tx: Tx): Promise<readonly StoreSize[]> {
  const rows = await tx.$queryRawUnsafe<Row[]>(measureStoresSql);
  return rows.map(sizeOf);
}

/** Samples of the days before today, oldest first (application role). */
export async function readStoreSamples(tx: Tx, days: number): Promise<readonly StoreSample[]> {
  const rows = await tx.$queryRaw<(Row & { readonly day: string })[]>`
    SELECT day::text, store, bytes::text, rows::text FROM telemetry.store_sample
    WHERE day >= (now() AT TIME ZONE 'UTC')::date - ${days}::integer ORDER BY day, store`;
  return rows.map((row) => ({ ...sizeOf(row), day: row.day }));
}

/** Days of samples that are kept. */
const keptDays = 400;

/** Keeps what the stores weigh today (ingest role). @returns how many stores */
export async function sampleStores(db: Database): Promise<number> {
  const kept = await db.pool.query(
    `INSERT INTO telemetry.store_sample AS s (day, store, bytes, rows)
     SELECT (now() AT TIME ZONE 'UTC')::date, store, bytes::bigint, rows::bigint
     FROM (${measureStoresSql}) AS m(store, bytes, rows)
     ON CONFLICT (day, store) DO UPDATE SET bytes = EXCLUDED.bytes, rows = EXCLUDED.rows`,
  );
  await db.pool.query(
    "DELETE FROM telemetry.store_sample WHERE day < (now() AT TIME ZONE 'UTC')::date - $1::integer",
    [keptDays],
  );
  return kept.rowCount ?? 0;
}
