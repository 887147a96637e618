import type { Tx } from "#server/db/client.ts";
import type { FollowedConnection } from "#server/services/message/followed.ts";

/** The device's connection that was open at an instant, as far as comings and goings are kept. */
export async function readConnection(
  tx: Tx,
  at: { readonly tenantId: string; readonly deviceKey: bigint; readonly instant: Date },
): Promise<FollowedConnection | null> {
  const newest = await tx.deviceConnectionEvent.findFirst({
    where: { tenantId: at.tenantId, deviceKey: at.deviceKey, at: { lte: at.instant } },
    // Of the same instant: the end of a connection came after its beginning.
    orderBy: [{ at: "desc" }, { kind: "desc" }],
    select: {
      at: true,
      kind: true,
      clientId: true,
      remoteAddress: true,
      protocol: true,
      tlsVersion: true,
    },
  });
  if (newest === null || newest.kind !== "connected") return null;
  const { clientId, remoteAddress, protocol, tlsVersion } = newest;
  return { clientId, remote: remoteAddress, protocol, tlsVersion, since: newest.at.toISOString() };
}
