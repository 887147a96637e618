import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import {
  bindingWords,
  changeBinding,
  lockBinding,
  requireBindable,
  requireBinding,
} from "#server/services/schema/change-binding.ts";
import { startCanarySchema } from "#server/services/schema/schemas.ts";

/**
 * Puts a version on trial: a share of the profile's devices, chosen by their keys, and the named
 * ones use it. Called again it changes which.
 * @throws ServiceError not_found, invalid (no devices), conflict
 */
export const startCanary = defineMutation({
  name: "schema.startCanary",
  can: "schema.manage",
  input: startCanarySchema,
  run: async ({ ctx, tx, input }) => {
    const locked = await lockBinding(tx, ctx, input);
    const row = requireBinding(locked);
    const canarySchemaId = await requireBindable(tx, ctx, input);
    if (row.schemaId === canarySchemaId) {
      const words = bindingWords(locked.profile.name, locked.key);
      throw new ServiceError(
        "conflict",
        `All of ${words} have ${input.schema}@${input.version} already.`,
        { remedy: "Choose the version that is to be tried." },
      );
    }
    const canaryDevices = [...new Set(input.devices)];
    if (input.percent === 0 && canaryDevices.length === 0) {
      throw new ServiceError("invalid", "Say which devices try the version.", {
        fields: [{ path: "percent", message: "Give a share above 0, or name devices." }],
      });
    }
    await requireDevices(tx, ctx, locked.profile, canaryDevices);
    return changeBinding(tx, ctx, locked, {
      canarySchemaId,
      canaryPercent: input.percent,
      canaryDevices,
    });
  },
});

async function requireDevices(
  tx: Tx,
  { tenantId }: Context,
  profile: { readonly id: string; readonly name: string },
  deviceIds: readonly string[],
): Promise<void> {
  const found = await tx.device.findMany({
    where: { tenantId, profileId: profile.id, deviceId: { in: [...deviceIds] } },
    select: { deviceId: true },
  });
  const known = new Set(found.map(({ deviceId }) => deviceId));
  const unknown = deviceIds.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw new ServiceError(
    "invalid",
    `These are no devices of the profile “${profile.name}”: ${unknown.slice(0, 5).join(", ")}.`,
    { fields: unknown.map((id) => ({ path: "devices", message: `${id} is not of the profile.` })) },
  );
}
