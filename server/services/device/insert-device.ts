import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { deviceIdFromName } from "#server/domain/device-id.ts";
import { actorName, type Context } from "#server/services/context.ts";
import type { createDeviceSchema } from "#server/services/device/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A device as its creation returns it. Times are ISO 8601 in UTC. */
export type DeviceCreated = {
  /** UUID. */
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
  readonly profileId: string;
  readonly profileName: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly hardwareRevision: string;
  readonly tags: readonly string[];
  readonly state: "active" | "quarantined";
  readonly createdAt: string;
};

/** Besides what people say: how it came. */
type Origin = {
  /** UUID of the device to be, where its certificate names it already. */
  readonly id?: string;
  /** UUID of the device through which it connects. */
  readonly gatewayId?: string;
  readonly enrolmentGroupId?: string;
  readonly enrolmentVersion?: number;
  readonly desired?: Readonly<Record<string, unknown>>;
};
type Input = z.output<typeof createDeviceSchema> & Origin;
type At = { readonly ctx: Context; readonly tx: Tx; readonly input: Input };

async function profileFor({ ctx, tx, input }: At) {
  const { profileId } = input;
  const profile = await tx.profile.findFirst({
    where: {
      tenantId: ctx.tenantId,
      ...(profileId === undefined ? { name: "generic" } : { id: profileId }),
    },
    select: { id: true, name: true },
  });
  if (profile !== null) return profile;
  throw new ServiceError("not_found", `There is no profile “${profileId ?? "generic"}”.`, {
    remedy: "Choose one of the list of profiles.",
    fields: [{ path: "profileId", message: "There is no such profile." }],
  });
}

/** A chosen id as it is; else the name's, then the same with a tail that nobody else has. */
function candidates({ name, deviceId }: Input): readonly string[] {
  if (deviceId !== undefined) return [deviceId];
  const plain = deviceIdFromName(name);
  return [plain, ...Array.from({ length: 3 }, () => `${plain}-${randomBytes(3).toString("hex")}`)];
}

/** What is said of the device, without its id and profile; what is not said has its default. */
function columnsOf(input: Input) {
  const { deviceId: _, profileId: __, quarantine, desired, ...said } = input;
  return {
    ...said,
    ...(desired !== undefined && { desired: JSON.parse(JSON.stringify(desired)) as object }),
    ...(quarantine && { state: "quarantined" as const }),
  };
}

/**
 * Inserts a device. Ids are unique in the installation, so a taken one may be another tenant's.
 * @returns the device and its key for control events
 * @throws ServiceError not_found (profile), conflict (device id)
 */
export async function insertDevice(
  at: At,
): Promise<{ readonly device: DeviceCreated; readonly key: bigint }> {
  const { ctx, tx, input } = at;
  const profile = await profileFor(at);
  const said = columnsOf(input);
  for (const deviceId of candidates(input)) {
    const rows = await tx.device.createManyAndReturn({
      data: [
        {
          ...said,
          tenantId: ctx.tenantId,
          deviceId,
          profileId: profile.id,
          createdBy: actorName(ctx.actor),
          createdAt: ctx.now(),
        },
      ],
      // A violation would end the transaction; a taken id only inserts nothing.
      skipDuplicates: true,
      select: { id: true, key: true, createdAt: true },
    });
    const row = rows[0];
    if (row === undefined) continue;
    const device = {
      id: row.id,
      deviceId,
      name: input.name,
      profileId: profile.id,
      profileName: profile.name,
      serial: input.serial,
      manufacturer: input.manufacturer,
      model: input.model,
      hardwareRevision: input.hardwareRevision,
      tags: input.tags,
      state: input.quarantine ? ("quarantined" as const) : ("active" as const),
      createdAt: row.createdAt.toISOString(),
    };
    return { device, key: row.key };
  }
  throw new ServiceError("conflict", `The device id “${input.deviceId ?? ""}” is taken.`, {
    remedy: "Choose another device id, or leave it empty to have one made.",
    fields: [{ path: "deviceId", message: "This device id is taken." }],
  });
}
