import type { Database } from "#server/db/client.ts";

/** Whose ticket it is, whatever its state. */
export type FoundTicket = {
  readonly tenantId: string;
  readonly deviceKey: bigint;
  /** UUID of the device's row. */
  readonly id: string;
  readonly deviceId: string;
};

/**
 * The device for which a ticket was made (ingest role, over all tenants).
 * @param hash SHA-256 of its code
 */
export async function findRenewalTicket(
  db: Database,
  hash: Buffer,
): Promise<FoundTicket | undefined> {
  const { rows } = await db.pool.query<Omit<FoundTicket, "deviceKey"> & { deviceKey: string }>(
    `SELECT t.tenant_id AS "tenantId", d.key::text AS "deviceKey", d.id, d.device_id AS "deviceId"
     FROM renewal_ticket t JOIN device d ON d.tenant_id = t.tenant_id AND d.id = t.device_id
     WHERE t.code_hash = $1`,
    [hash],
  );
  const row = rows[0];
  return row === undefined ? undefined : { ...row, deviceKey: BigInt(row.deviceKey) };
}
