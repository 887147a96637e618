import type { Tx } from "#server/db/client.ts";

/** What moved. */
export type TakenOffer = {
  /** Id of the row that stays with the old organisation. */
  readonly leftAs: string;
  readonly deviceKey: bigint;
  readonly certificates: number;
  readonly credentials: number;
};

/**
 * Moves the device of a code to the organisation of the transaction.
 * @param offer.sealed keys of the device, sealed for their new place
 * @returns undefined when there is nothing to move any more
 */
export async function takeDeviceOffer(
  tx: Tx,
  offer: {
    readonly codeHash: Buffer;
    readonly profileId: string;
    readonly name: string | undefined;
    readonly by: string;
    readonly at: Date;
    readonly sealed: readonly { readonly id: string; readonly key: Uint8Array }[];
  },
): Promise<TakenOffer | undefined> {
  const ids = offer.sealed.map(({ id }) => id);
  const keys = offer.sealed.map(({ key }) => Buffer.from(key).toString("hex"));
  const rows = await tx.$queryRaw<TakenOffer[]>`
    SELECT left_as AS "leftAs", device_key AS "deviceKey", certificates, credentials
    FROM take_device_offer(${offer.codeHash}, ${offer.profileId}::uuid, ${offer.name ?? null}::text,
      ${offer.by}, ${offer.at}::timestamptz, ${ids}::uuid[],
      ARRAY(SELECT decode(k, 'hex') FROM unnest(${keys}::text[]) WITH ORDINALITY AS u(k, n) ORDER BY n))`;
  return rows[0];
}
