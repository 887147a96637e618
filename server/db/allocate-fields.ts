import type { Database } from "#server/db/client.ts";

/** A field of a schema version. `introducedBy` is the decimal key of the device that brought it. */
export type SchemaFieldRow = {
  readonly name: string;
  readonly position: number;
  readonly type: string;
  readonly introducedBy: string | null;
};

/** First half of the advisory locks that guard a schema version's positions. */
const positionsLock = 729_481;

/**
 * Gives new fields of an open profile their positions: `choose` sees the fields that exist and says
 * which to add. One worker at a time for a schema version, so that no position is given twice.
 * @returns all fields afterwards
 */
export async function allocateFields(
  db: Database,
  input: {
    readonly tenantId: string;
    readonly schemaId: number;
    readonly choose: (existing: readonly SchemaFieldRow[]) => readonly SchemaFieldRow[];
  },
): Promise<readonly SchemaFieldRow[]> {
  const client = await db.pool.connect();
  let failure: unknown = new Error("not finished");
  try {
    await client.query("BEGIN");
    // A row lock on schema_version would need the right to change it, which ingest must not have.
    await client.query("SELECT pg_advisory_xact_lock($1, $2)", [positionsLock, input.schemaId]);
    const existing = await client.query<SchemaFieldRow>(
      `SELECT name, position, type, introduced_by::text AS "introducedBy"
       FROM schema_field WHERE tenant_id = $1 AND schema_id = $2`,
      [input.tenantId, input.schemaId],
    );
    const added = input.choose(existing.rows);
    await client.query(
      `INSERT INTO schema_field (tenant_id, schema_id, position, name, type, introduced_by)
       SELECT $1, $2, position, name, type, introduced_by
       FROM json_to_recordset($3::json) AS r(position integer, name text, type text, introduced_by bigint)
       ON CONFLICT DO NOTHING`,
      [
        input.tenantId,
        input.schemaId,
        JSON.stringify(added.map((field) => ({ ...field, introduced_by: field.introducedBy }))),
      ],
    );
    await client.query("COMMIT");
    failure = undefined;
    return [...existing.rows, ...added];
  } finally {
    // A connection with an open transaction is not given back.
    client.release(failure !== undefined);
  }
}
