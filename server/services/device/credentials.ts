import { deviceCredentialListSchema } from "#server/services/device/schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** What a device may hold beside certificates; a password is a bearer token with the device's id. */
export const credentialKinds = [
  "password",
  "sas-primary",
  "sas-secondary",
  "psk-primary",
  "psk-secondary",
] as const;

/** A device's credential without its secret. Times are ISO 8601 in UTC. */
export type DeviceCredentialView = {
  readonly id: string;
  readonly kind: (typeof credentialKinds)[number];
  readonly state: "active" | "revoked";
  readonly createdAt: string;
  readonly createdBy: string;
  /** To some minutes; null: never, as far as is known. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
};

function kindOf(kind: string): DeviceCredentialView["kind"] {
  return credentialKinds.find((each) => each === kind) ?? "password";
}

/**
 * Passwords, SAS keys and pre-shared keys of a device, those that count first, at most fifty.
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
      select: {
        id: true,
        kind: true,
        createdAt: true,
        createdBy: true,
        lastUsedAt: true,
        revokedAt: true,
      },
    });
    return rows.map((row) => ({
      ...row,
      kind: kindOf(row.kind),
      state: row.revokedAt === null ? "active" : "revoked",
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
    }));
  },
});
