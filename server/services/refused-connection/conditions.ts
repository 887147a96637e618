import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import type { Context } from "#server/services/context.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import type { refusedConnectionFilter } from "#server/services/refused-connection/schemas.ts";

type Filter = z.output<typeof refusedConnectionFilter>;

/**
 * The filter as a condition on `refused_connection`.
 * @throws ServiceError not_found when the filter names a device that does not exist
 */
export async function refusalConditions(
  at: { readonly ctx: Context; readonly tx: Tx },
  filter: Filter,
): Promise<Prisma.RefusedConnectionWhereInput> {
  const { ctx, tx } = at;
  const conditions: Prisma.RefusedConnectionWhereInput[] = [];
  if (filter.cause !== undefined) conditions.push({ reason: { in: filter.cause } });
  if (filter.from !== undefined) conditions.push({ lastAt: { gte: filter.from } });
  if (filter.to !== undefined) conditions.push({ lastAt: { lt: filter.to } });
  if (filter.text !== undefined) conditions.push(containing(filter.text));
  if (filter.deviceId !== undefined) {
    const { key, deviceId } = await requireDevice(tx, {
      tenantId: ctx.tenantId,
      reference: filter.deviceId,
      now: ctx.now(),
    });
    conditions.push({ OR: [{ deviceKey: key }, { claimedId: deviceId }] });
  }
  return { tenantId: ctx.tenantId, AND: conditions };
}

function containing(text: string): Prisma.RefusedConnectionWhereInput {
  const contains = { contains: text, mode: "insensitive" as const };
  return {
    OR: [
      { claimedId: contains },
      { detail: contains },
      { remote: contains },
      { sha256: contains },
      { transport: contains },
    ],
  };
}
