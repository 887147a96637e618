import { deviceTarget } from "#server/services/device/internal.ts";
import { deviceAuditSchema } from "#server/services/device/query-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** One event of the audit trail that concerns a device. */
export type DeviceAuditEvent = {
  /** Number in the organisation's chain. */
  readonly seq: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly ip: string | null;
};

export type DeviceAudit = {
  readonly events: readonly DeviceAuditEvent[];
  /** Pass as `before` for older events; null when there are none. */
  readonly nextBefore: string | null;
};

/** A device that went to another organisation left its row under another id. */
function targetsOf(device: { readonly deviceId: string }): string[] {
  const before = device.deviceId.replace(/\.transferred-\d+$/, "");
  return [...new Set([device.deviceId, before])].map((deviceId) => deviceTarget({ deviceId }));
}

/** What people and jobs did to a device and its certificates, newest first. */
export const deviceAudit = defineQuery({
  name: "device.audit",
  can: "audit.view",
  input: deviceAuditSchema,
  run: async ({ ctx, tx, input }): Promise<DeviceAudit> => {
    const { tenantId } = ctx;
    const device = await requireDevice(tx, {
      tenantId: ctx.tenantId,
      reference: input.device,
      now: ctx.now(),
    });
    const rows = await tx.auditEvent.findMany({
      where: {
        tenantId,
        target: { in: targetsOf(device) },
        ...(input.before === undefined ? {} : { seq: { lt: input.before } }),
      },
      orderBy: { seq: "desc" },
      take: input.limit + 1,
    });
    const page = rows.slice(0, input.limit);
    return {
      events: page.map((row) => ({
        seq: String(row.seq),
        at: row.at.toISOString(),
        actor: row.actor,
        action: row.actionCode,
        target: row.target,
        outcome: row.outcome,
        reason: row.reason,
        ip: row.ip,
      })),
      nextBefore: rows.length > input.limit ? String(page.at(-1)?.seq) : null,
    };
  },
});
