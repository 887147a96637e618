import type { Tx } from "#server/db/client.ts";
import {
  ingestProfilesSql,
  ingestSchemasSql,
  type IngestProfileRow,
  type IngestSchemaRow,
} from "#server/db/read-ingest-profiles.ts";

/** Profiles with their bindings, of the transaction's tenant. */
export async function readTenantProfiles(
  tx: Tx,
  profileIds: readonly string[],
): Promise<readonly IngestProfileRow[]> {
  return tx.$queryRawUnsafe<IngestProfileRow[]>(ingestProfilesSql, profileIds);
}

/**
 * Schema versions by id, and of each of their schemas the newest ones, which a message may name.
 * @param most versions of each schema
 */
export async function readTenantSchemas(
  tx: Tx,
  schemaIds: readonly number[],
  most: number,
): Promise<readonly IngestSchemaRow[]> {
  return tx.$queryRawUnsafe<IngestSchemaRow[]>(ingestSchemasSql, schemaIds, most);
}
