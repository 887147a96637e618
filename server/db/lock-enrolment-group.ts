import type { Tx } from "#server/db/client.ts";
import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";

/** What a change needs to know of the enrolment group that it changes or by which a device comes. */
export type LockedEnrolmentGroup = {
  readonly id: string;
  readonly name: string;
  readonly kind: EnrolmentKind;
  readonly publicId: string;
  readonly enabled: boolean;
  readonly version: number;
  readonly enrolled: number;
  /** Of the version that counts, as it is kept. */
  readonly rules: unknown;
  readonly sealedWebhook: Uint8Array | null;
};

const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Locks a group of the tenant until the transaction ends, so that its limits hold whoever enrols
 * devices at the same time.
 * @param reference its UUID or what devices call it
 */
export async function lockEnrolmentGroup(
  tx: Tx,
  tenantId: string,
  reference: string,
): Promise<LockedEnrolmentGroup | undefined> {
  const uuid = uuidText.test(reference) ? reference : null;
  // The version in a second statement: the first may have waited for a change of it.
  const groups = await tx.$queryRaw<Omit<LockedEnrolmentGroup, "rules">[]>`
    SELECT id, name, kind::text AS kind, public_id AS "publicId", enabled, version, enrolled,
      sealed_webhook AS "sealedWebhook"
    FROM enrolment_group
    WHERE tenant_id = ${tenantId}::uuid AND (id = ${uuid}::uuid OR public_id = ${reference})
    FOR NO KEY UPDATE`;
  const group = groups[0];
  if (group === undefined) return undefined;
  const versions = await tx.$queryRaw<{ rules: unknown }[]>`
    SELECT rules FROM enrolment_group_version
    WHERE tenant_id = ${tenantId}::uuid AND group_id = ${group.id}::uuid
      AND version = ${group.version}`;
  return { ...group, rules: versions[0]?.rules };
}
