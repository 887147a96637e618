import type { Tx } from "#server/db/client.ts";
import { findKnownMetrics } from "#server/db/find-known-metrics.ts";
import type { KnownReferences, References } from "#server/domain/dashboard-references.ts";

/** What of the references exists in the tenant, with its name. Of devices their own id. */
export async function knownReferences(
  tx: Tx,
  { tenantId }: { readonly tenantId: string },
  references: References,
): Promise<KnownReferences> {
  const byIds = (ids: readonly string[]) => ({ tenantId, id: { in: [...ids] } });
  const devices = await tx.device.findMany({
    where: byIds(references.device),
    select: { id: true, deviceId: true },
  });
  const groups = await tx.deviceGroup.findMany({
    where: byIds(references.group),
    select: { id: true, name: true },
  });
  const profiles = await tx.profile.findMany({
    where: byIds(references.profile),
    select: { id: true, name: true },
  });
  const metrics = await findKnownMetrics(tx, { tenantId, names: references.metric });
  return {
    device: Object.fromEntries(devices.map(({ id, deviceId }) => [id, deviceId])),
    group: Object.fromEntries(groups.map(({ id, name }) => [id, name])),
    profile: Object.fromEntries(profiles.map(({ id, name }) => [id, name])),
    metric: Object.fromEntries(metrics.map((name) => [name, name])),
  };
}
