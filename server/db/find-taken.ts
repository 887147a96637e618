import type { Database } from "#server/db/client.ts";

/** Which of the device ids are taken, in the whole installation (ingest role). */
export async function findTakenDeviceIds(
  db: Database,
  deviceIds: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await db.pool.query<{ deviceId: string }>(
    `SELECT device_id AS "deviceId" FROM device WHERE device_id = ANY($1::text[])`,
    [deviceIds],
  );
  return rows.map(({ deviceId }) => deviceId);
}

/** Which of the public keys a certificate of any device has, in the whole installation (ingest role). */
export async function findTakenKeys(
  db: Database,
  spkiSha256s: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await db.pool.query<{ spki: string }>(
    `SELECT DISTINCT spki_sha256 AS spki FROM certificate WHERE spki_sha256 = ANY($1::text[])`,
    [spkiSha256s],
  );
  return rows.map(({ spki }) => spki);
}
