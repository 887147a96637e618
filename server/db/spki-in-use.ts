import type { Tx } from "#server/db/client.ts";

/** No device has this UUID (RFC 9562 §5.9). */
const noDevice = "00000000-0000-0000-0000-000000000000";

/**
 * Whether the public key belongs to another device, of whichever tenant. Until the transaction
 * ends nobody else can be told that the same key is free.
 * @param key.spkiSha256 lower-case hex
 * @param key.deviceUuid the device that may have the key; undefined when there is none yet
 */
export async function spkiInUse(
  tx: Tx,
  key: { readonly spkiSha256: string; readonly deviceUuid: string | undefined },
): Promise<boolean> {
  const deviceUuid = key.deviceUuid ?? noDevice;
  const rows = await tx.$queryRaw<
    { inUse: boolean }[]
  >`SELECT spki_in_use(${key.spkiSha256}, ${deviceUuid}::uuid) AS "inUse"`;
  return rows[0]?.inUse ?? true;
}
