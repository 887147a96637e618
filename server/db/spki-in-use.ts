import type { Tx } from "#server/db/client.ts";

/**
 * Whether the public key belongs to another device, of whichever tenant. Until the transaction
 * ends nobody else can be told that the same key is free.
 * @param key.spkiSha256 lower-case hex
 * @param key.deviceUuid the device that may have the key
 */
export async function spkiInUse(
  tx: Tx,
  key: { readonly spkiSha256: string; readonly deviceUuid: string },
): Promise<boolean> {
  const rows = await tx.$queryRaw<
    { inUse: boolean }[]
  >`SELECT spki_in_use(${key.spkiSha256}, ${key.deviceUuid}::uuid) AS "inUse"`;
  return rows[0]?.inUse ?? true;
}
