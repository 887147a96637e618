import type { Tx } from "#server/db/client.ts";
import type { RevocationRow } from "#server/db/find-revocations.ts";
import type { Context } from "#server/services/context.ts";
import { deviceTarget } from "#server/services/device/internal.ts";

/** An event of the audit chain. `at` is ISO 8601 in UTC, `hash` lower-case hex. */
export type ProofEvent = {
  readonly seq: string;
  readonly hash: string;
  readonly at: string;
  readonly action: string;
};

const actions = ["certificate.revoke", "certificate.suspend", "device.decommission"];
const select = { seq: true, hash: true, at: true, actionCode: true } as const;

/** The event that was chained with a revocation; null when the device belongs to another organisation. */
export async function findAuditOf(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  row: Pick<RevocationRow, "id" | "deviceId">,
): Promise<ProofEvent | null> {
  if (row.deviceId === null) return null;
  const own = await tx.auditEvent.findFirst({
    where: {
      tenantId,
      target: deviceTarget({ deviceId: row.deviceId }),
      actionCode: { in: actions },
      outcome: "done",
      OR: [
        { payload: { path: ["revocations"], array_contains: [row.id] } },
        { payload: { path: ["after", "revocations"], array_contains: [row.id] } },
      ],
    },
    select,
  });
  const event = own ?? (await ofRejectedBatch(tx, tenantId, row.deviceId));
  if (event === null) return null;
  return {
    seq: String(event.seq),
    hash: Buffer.from(event.hash).toString("hex"),
    at: event.at.toISOString(),
    action: event.actionCode,
  };
}

/** A batch that was rejected has one event for all of its devices. */
async function ofRejectedBatch(tx: Tx, tenantId: string, deviceId: string) {
  const device = await tx.device.findFirst({
    where: { tenantId, deviceId },
    select: { batchId: true },
  });
  if (device === null || device.batchId === null) return null;
  return tx.auditEvent.findFirst({
    where: { tenantId, target: `batch:${device.batchId}`, actionCode: "batch.reject" },
    select,
  });
}
