import { createHash, randomBytes } from "node:crypto";
import { actorName } from "#server/services/context.ts";
import { deviceChanged, deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { createPasswordSchema } from "#server/services/device/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** User name and password of a device; the password is shown this once. */
export type PasswordCreated = { readonly username: string; readonly password: string };

/**
 * Makes a device's password (user name and token, on every listener). Earlier ones end with it, or
 * with `keepOld` all but the newest: the device moves to the new one before the old is revoked.
 */
export const createPassword = defineMutation({
  name: "credential.createPassword",
  can: "device.manage",
  input: createPasswordSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const password = randomBytes(32).toString("base64url");
    const createdAt = ctx.now();
    const ofDevice = { tenantId: ctx.tenantId, deviceId: device.id };
    const earlier = await tx.deviceCredential.findMany({
      where: { ...ofDevice, kind: "password", revokedAt: null },
      select: { id: true },
      orderBy: { createdAt: "desc" },
    });
    const replaced = await tx.deviceCredential.updateMany({
      where: { ...ofDevice, id: { in: earlier.slice(input.keepOld ? 1 : 0).map(({ id }) => id) } },
      data: { revokedAt: createdAt },
    });
    await tx.deviceCredential.create({
      data: {
        ...ofDevice,
        kind: "password",
        secretHash: new Uint8Array(createHash("sha256").update(password).digest()),
        createdAt,
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const value: PasswordCreated = { username: device.deviceId, password };
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { kind: "password", replaced: replaced.count, keptOld: input.keepOld },
      },
      control: deviceChanged(ctx, device),
    };
  },
});
