import { z } from "zod";
import { deviceTarget, findLivingDevice } from "#server/services/device/internal.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { deviceRef } from "#server/services/device/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { defineQuery } from "#server/services/query.ts";

/** Where a device is. */
export type DeviceLocation = {
  /** Degrees of WGS 84; null where nobody knows. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** In words: a site, a room. */
  readonly place: string;
  /** Who says so; null where nobody does. */
  readonly source: "person" | "device" | null;
  /** ISO 8601. */
  readonly at: string | null;
};

const columns = {
  latitude: true,
  longitude: true,
  place: true,
  locationSource: true,
  locationAt: true,
} as const;

type Row = {
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly place: string;
  readonly locationSource: string;
  readonly locationAt: Date | null;
};

function locationView({ locationSource, locationAt, ...row }: Row): DeviceLocation {
  const source = locationSource === "person" || locationSource === "device" ? locationSource : null;
  return { ...row, source, at: locationAt?.toISOString() ?? null };
}

/**
 * Where a device is, as a person or the device itself said last.
 * @throws ServiceError not_found
 */
export const deviceLocation = defineQuery({
  name: "device.location",
  can: "fleet.view",
  input: z.object({ deviceId: deviceRef }),
  run: async ({ ctx, tx, input }): Promise<DeviceLocation> => {
    const { tenantId } = ctx;
    const { id } = await requireDevice(tx, {
      tenantId,
      reference: input.deviceId,
      now: ctx.now(),
    });
    const row = await tx.device.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id } },
      select: columns,
    });
    return locationView(row);
  },
});

const locateDeviceSchema = z
  .object({
    deviceId: deviceRef,
    latitude: z
      .number("Say degrees as a number.")
      .min(-90, "Latitudes are from -90 to 90.")
      .max(90, "Latitudes are from -90 to 90.")
      .nullable(),
    longitude: z
      .number("Say degrees as a number.")
      .min(-180, "Longitudes are from -180 to 180.")
      .max(180, "Longitudes are from -180 to 180.")
      .nullable(),
    place: z.string().trim().max(200, "At most 200 characters.").default(""),
  })
  .refine(({ latitude, longitude }) => (latitude === null) === (longitude === null), {
    path: ["longitude"],
    message: "Say both degrees, or neither.",
  });

/**
 * Says where a device is, in degrees, in words, or both. What the device itself sends later takes
 * the degrees' place.
 * @throws ServiceError not_found, conflict when it is decommissioned
 */
export const locateDevice = defineMutation({
  name: "device.locate",
  can: "device.annotate",
  input: locateDeviceSchema,
  run: async ({ ctx, tx, input }) => {
    const device = await findLivingDevice(tx, input.deviceId);
    const where = { tenantId_id: { tenantId: ctx.tenantId, id: device.id } };
    const before = await tx.device.findUniqueOrThrow({ where, select: columns });
    const { latitude, longitude, place } = input;
    const isKnown = latitude !== null || place !== "";
    const after = await tx.device.update({
      where,
      data: {
        latitude,
        longitude,
        place,
        locationSource: isKnown ? "person" : "",
        locationAt: isKnown ? ctx.now() : null,
      },
      select: columns,
    });
    const value = locationView(after);
    return {
      value,
      audit: {
        target: deviceTarget(device),
        payload: { before: locationView(before), after: value },
      },
    };
  },
});
