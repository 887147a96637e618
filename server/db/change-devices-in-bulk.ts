import type { Tx } from "#server/db/client.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

/** What changing many devices alike needs to know of each. */
export type BulkDevice = {
  readonly id: string;
  readonly key: bigint;
  readonly deviceId: string;
  readonly state: DeviceState;
  readonly tags: readonly string[];
  readonly place: string;
  readonly profileId: string;
};

type Chosen = { readonly tenantId: string; readonly ids: readonly string[] };

/** Locks the devices that are still here, always in the same order. */
export async function lockBulkDevices(tx: Tx, at: Chosen): Promise<readonly BulkDevice[]> {
  return tx.$queryRaw<BulkDevice[]>`
    SELECT d.id, d.key, d.device_id AS "deviceId", d.state::text AS state, d.tags, d.place,
      d.profile_id AS "profileId"
    FROM device d WHERE d.tenant_id = ${at.tenantId}::uuid AND d.id = ANY(${[...at.ids]}::uuid[])
    ORDER BY d.id FOR NO KEY UPDATE`;
}

/** Adds the tags that each does not have yet, at the end. */
export async function addTagsToDevices(
  tx: Tx,
  at: Chosen & { readonly tags: readonly string[] },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE device d SET tags = d.tags || ARRAY(
      SELECT t.tag FROM unnest(${[...at.tags]}::text[]) WITH ORDINALITY AS t(tag, place)
      WHERE NOT t.tag = ANY (d.tags) ORDER BY t.place)
    WHERE d.tenant_id = ${at.tenantId}::uuid AND d.id = ANY(${[...at.ids]}::uuid[])`;
}

/** Takes the tags away where they are; the others keep their order. */
export async function removeTagsFromDevices(
  tx: Tx,
  at: Chosen & { readonly tags: readonly string[] },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE device d SET tags = ARRAY(
      SELECT t.tag FROM unnest(d.tags) WITH ORDINALITY AS t(tag, place)
      WHERE NOT t.tag = ANY (${[...at.tags]}::text[]) ORDER BY t.place)
    WHERE d.tenant_id = ${at.tenantId}::uuid AND d.id = ANY(${[...at.ids]}::uuid[])`;
}
