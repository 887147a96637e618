import { deviceCredentialListSchema } from "#server/services/device/schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** A device's credential without its secret. Times are ISO 8601 in UTC. */
export type DeviceCredentialView = {
  readonly id: string;
  readonly kind: "password" | "sas-primary" | "sas-secondary";
  readonly state: "active" | "revoked";
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt: string | null;
};

function kindOf(kind: string): DeviceCredentialView["kind"] {
  return kind === "sas-primary" || kind === "sas-secondary" ? kind : "password";
}

/**
 * Passwords and SAS keys of a device, those that count first, at most fifty.
 * @throws ServiceError not_found
 */
export const deviceCredentials = defineQuery({
  name: "device.credentials",
  can: "fleet.view",
  input: deviceCredentialListSchema,
  run: async ({ ctx, tx, input }): Promise<readonly DeviceCredentialView[]> => {
    const { tenantId } = ctx;
    const device = await requireDevice(tx, {
      tenantId,
      reference: input.deviceId,
      now: ctx.now(),
    });
    const rows = await tx.deviceCredential.findMany({
      where: { tenantId, deviceId: device.id },
      orderBy: [{ revokedAt: { sort: "desc", nulls: "first" } }, { createdAt: "desc" }],
      take: 50,
      select: { id: true, kind: true, createdAt: true, createdBy: true, revokedAt: true },
    });
    return rows.map((row) => ({
      ...row,
      kind: kindOf(row.kind),
      state: row.revokedAt === null ? "active" : "revoked",
      createdAt: row.createdAt.toISOString(),
      revokedAt: row.revokedAt?.toISOString() ?? null,
    }));
  },
});
