import type { Database } from "#server/db/client.ts";

/** A binding of a profile; the schema ids are of {@link IngestSchemaRow}. */
type BindingRow = {
  readonly stream: string;
  readonly contentType: string;
  readonly schemaId: number;
  readonly canarySchemaId: number | null;
  readonly canaryPercent: number;
  readonly canaryDevices: readonly string[];
};

export type IngestProfileRow = {
  readonly profileId: string;
  readonly tenantId: string;
  readonly open: boolean;
  /** Of the main binding. */
  readonly schemaId: number;
  readonly maxPastSeconds: number;
  readonly maxFutureSeconds: number;
  readonly lateSeconds: number;
  readonly unknownVersion: "refuse" | "latest" | "quarantine";
  readonly bindings: readonly BindingRow[];
};

/** A schema version that messages may have. */
export type IngestSchemaRow = {
  readonly tenantId: string;
  readonly schemaId: number;
  readonly schemaName: string;
  readonly schemaVersion: number;
  readonly format: "json" | "protobuf" | "senml" | "sparkplug";
  readonly jsonSchema: unknown;
  readonly definition: unknown;
  readonly fields: readonly {
    readonly name: string;
    readonly position: number;
    readonly type: string;
    readonly category: string;
  }[];
};

/** Takes the ids of profiles. */
export const ingestProfilesSql = `SELECT p.id AS "profileId", p.tenant_id AS "tenantId", p.open, p.schema_id AS "schemaId",
       p.max_past_seconds AS "maxPastSeconds", p.max_future_seconds AS "maxFutureSeconds",
       p.late_seconds AS "lateSeconds", p.unknown_version AS "unknownVersion",
       coalesce((SELECT json_agg(json_build_object('stream', b.stream, 'contentType', b.content_type,
           'schemaId', b.schema_id, 'canarySchemaId', b.canary_schema_id,
           'canaryPercent', b.canary_percent, 'canaryDevices', b.canary_devices))
         FROM profile_binding b WHERE b.tenant_id = p.tenant_id AND b.profile_id = p.id), '[]') AS bindings
     FROM profile p WHERE p.id = ANY($1::uuid[])`;

/** Takes the ids of schema versions, and how many of each of their schemas are read besides. */
export const ingestSchemasSql = `SELECT v.tenant_id AS "tenantId", v.id AS "schemaId", v.name AS "schemaName",
       v.version AS "schemaVersion", s.format, v.json_schema AS "jsonSchema", v.definition,
       coalesce((SELECT json_agg(json_build_object('name', f.name, 'position', f.position, 'type', f.type,
           'category', f.category))
         FROM schema_field f WHERE f.tenant_id = v.tenant_id AND f.schema_id = v.id), '[]') AS fields
     FROM schema_version v JOIN "schema" s ON s.tenant_id = v.tenant_id AND s.id = v.schema_ref
     WHERE v.id = ANY($1::integer[]) OR v.id IN (
       SELECT n.id FROM (SELECT DISTINCT tenant_id, schema_ref FROM schema_version
           WHERE id = ANY($1::integer[])) AS r
         CROSS JOIN LATERAL (SELECT id FROM schema_version w
           WHERE w.tenant_id = r.tenant_id AND w.schema_ref = r.schema_ref
           ORDER BY version DESC LIMIT $2) AS n)`;

/** Profiles with their bindings, for the worker. */
export async function readIngestProfiles(
  db: Database,
  profileIds: readonly string[],
): Promise<readonly IngestProfileRow[]> {
  const result = await db.pool.query<IngestProfileRow>(ingestProfilesSql, [profileIds]);
  return result.rows;
}

/**
 * Schema versions by id, and of each of their schemas the newest ones, which a message may name.
 * @param most versions of each schema
 */
export async function readIngestSchemas(
  db: Database,
  schemaIds: readonly number[],
  most: number,
): Promise<readonly IngestSchemaRow[]> {
  const result = await db.pool.query<IngestSchemaRow>(ingestSchemasSql, [schemaIds, most]);
  return result.rows;
}
