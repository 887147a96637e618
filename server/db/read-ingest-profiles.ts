import type { Database } from "#server/db/client.ts";

export type IngestProfileRow = {
  readonly profileId: string;
  readonly tenantId: string;
  readonly open: boolean;
  readonly schemaId: number;
  readonly schemaName: string;
  readonly schemaVersion: number;
  readonly jsonSchema: unknown;
  readonly maxPastSeconds: number;
  readonly maxFutureSeconds: number;
  readonly fields: readonly {
    readonly name: string;
    readonly position: number;
    readonly type: string;
  }[];
};

/** Profiles with their schema version and its fields, for the worker. */
export async function readIngestProfiles(
  db: Database,
  profileIds: readonly string[],
): Promise<readonly IngestProfileRow[]> {
  const result = await db.pool.query<IngestProfileRow>(
    `SELECT p.id AS "profileId", p.tenant_id AS "tenantId", p.open, p.schema_id AS "schemaId",
       s.name AS "schemaName", s.version AS "schemaVersion", s.json_schema AS "jsonSchema",
       p.max_past_seconds AS "maxPastSeconds", p.max_future_seconds AS "maxFutureSeconds",
       coalesce((SELECT json_agg(json_build_object('name', f.name, 'position', f.position, 'type', f.type))
         FROM schema_field f WHERE f.tenant_id = p.tenant_id AND f.schema_id = p.schema_id), '[]') AS fields
     FROM profile p JOIN schema_version s ON s.tenant_id = p.tenant_id AND s.id = p.schema_id
     WHERE p.id = ANY($1::uuid[])`,
    [profileIds],
  );
  return result.rows;
}
