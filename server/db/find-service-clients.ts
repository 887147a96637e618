import type { Database } from "#server/db/client.ts";

/** A service client as the worker needs it in order to let it in. */
export type ServiceClientRow = {
  readonly tenantId: string;
  readonly id: string;
  readonly username: string;
  readonly state: "active" | "suspended";
  /** Whether its organisation runs the installation. */
  readonly operator: boolean;
  readonly grants: readonly {
    readonly filter: string;
    readonly mayPublish: boolean;
    readonly maySubscribe: boolean;
  }[];
  readonly passwordIds: readonly string[];
  /** SHA-256 of each password that counts, in the order of their ids. */
  readonly passwordHashes: readonly Buffer[];
};

/** Service clients by user name, with their grants and valid passwords; over all tenants (ingest role). */
export async function findServiceClients(
  db: Database,
  usernames: readonly string[],
): Promise<readonly ServiceClientRow[]> {
  const { rows } = await db.pool.query<ServiceClientRow>(
    `SELECT s.tenant_id AS "tenantId", s.id, s.username, s.state, t.operator,
       coalesce((SELECT jsonb_agg(jsonb_build_object('filter', g.filter,
           'mayPublish', g.may_publish, 'maySubscribe', g.may_subscribe) ORDER BY g.filter)
         FROM service_client_grant g
         WHERE g.tenant_id = s.tenant_id AND g.service_client_id = s.id), '[]') AS grants,
       p.ids AS "passwordIds", p.hashes AS "passwordHashes"
     FROM service_client s
     JOIN tenant t ON t.id = s.tenant_id
     CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(w.id ORDER BY w.id), '{}') AS ids,
         coalesce(array_agg(w.secret_hash ORDER BY w.id), '{}') AS hashes
       FROM service_client_password w
       WHERE w.tenant_id = s.tenant_id AND w.service_client_id = s.id AND w.revoked_at IS NULL) p
     WHERE s.username = ANY($1)`,
    [usernames],
  );
  return rows;
}
