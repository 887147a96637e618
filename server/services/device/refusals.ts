import { z } from "zod";
import { deviceRefusalsSchema } from "#server/services/device/query-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** A cause for which connections were refused, with how often. Times are ISO 8601 in UTC. */
export type Refusal = {
  readonly id: string;
  readonly claimedId: string;
  readonly reason: string;
  readonly detail: string;
  readonly remedy: string;
  readonly remote: string;
  readonly transport: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
};

const columns = {
  id: true,
  claimedId: true,
  reason: true,
  detail: true,
  remedy: true,
  remote: true,
  transport: true,
  count: true,
  firstAt: true,
  lastAt: true,
} as const;

type Row = Omit<Refusal, "count" | "firstAt" | "lastAt"> & {
  readonly count: bigint;
  readonly firstAt: Date;
  readonly lastAt: Date;
};

function refusalOf(row: Row): Refusal {
  return {
    ...row,
    count: Number(row.count),
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
  };
}

/** Why this device, or somebody who claimed to be it, was refused; newest first. */
export const deviceRefusals = defineQuery({
  name: "device.refusals",
  can: "fleet.view",
  input: deviceRefusalsSchema,
  run: async ({ ctx, tx, input }): Promise<readonly Refusal[]> => {
    const device = await requireDevice(tx, {
      tenantId: ctx.tenantId,
      reference: input.device,
      now: ctx.now(),
    });
    const rows = await tx.refusedConnection.findMany({
      where: {
        tenantId: ctx.tenantId,
        OR: [{ deviceKey: device.key }, { claimedId: device.deviceId }],
      },
      select: columns,
      orderBy: { lastAt: "desc" },
      take: input.limit,
    });
    return rows.map(refusalOf);
  },
});

/** Refusals of the last minutes that belong to no device of ours: somebody tried with something unknown. */
export const recentUnknownRefusals = defineQuery({
  name: "device.recentUnknownRefusals",
  can: "fleet.view",
  input: z.object({ minutes: z.number().int().min(1).max(60).default(10) }),
  run: async ({ ctx, tx, input }): Promise<readonly Refusal[]> => {
    const since = new Date(ctx.now().getTime() - input.minutes * 60_000);
    const rows = await tx.refusedConnection.findMany({
      where: { tenantId: ctx.tenantId, deviceKey: null, lastAt: { gte: since } },
      select: columns,
      orderBy: { lastAt: "desc" },
      take: 5,
    });
    return rows.map(refusalOf);
  },
});
