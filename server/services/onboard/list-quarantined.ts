import type { Tx } from "#server/db/client.ts";
import { quarantineListSchema } from "#server/services/onboard/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** A device whose messages are kept apart until somebody approves it. Times are ISO 8601 in UTC. */
export type QuarantinedDevice = {
  /** UUID. */
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly profileName: string;
  readonly tags: readonly string[];
  readonly batch: { readonly id: string; readonly name: string } | null;
  readonly group: { readonly id: string; readonly name: string } | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly lastContactAt: string | null;
  /** Messages of it that are kept apart. */
  readonly kept: number;
};

export type QuarantinePage = {
  readonly devices: readonly QuarantinedDevice[];
  /** Null on the last page. */
  readonly next: string | null;
  /** All that match. */
  readonly count: number;
};

const pageSize = 100;

/** Devices in quarantine, those that came last first, a hundred at a time. */
export const listQuarantined = defineQuery({
  name: "device.listQuarantined",
  can: "enrolment.view",
  input: quarantineListSchema,
  run: async ({ ctx, tx, input }): Promise<QuarantinePage> => {
    const { tenantId } = ctx;
    const { batches, q, cursor } = input;
    const where = {
      tenantId,
      state: "quarantined" as const,
      ...(batches === "none" && { batchId: null }),
      ...(q !== "" && {
        OR: [
          { name: { contains: q, mode: "insensitive" as const } },
          { deviceId: { contains: q, mode: "insensitive" as const } },
        ],
      }),
    };
    const rows = await tx.device.findMany({
      where: { ...where, ...(cursor !== undefined && { key: { lt: BigInt(cursor) } }) },
      orderBy: { key: "desc" },
      take: pageSize + 1,
      select: columns,
    });
    const page = rows.slice(0, pageSize);
    const kept = await keptByDevice(tx, { tenantId, keys: page.map(({ key }) => key) });
    const last = page.at(-1);
    return {
      devices: page.map((row) => viewOf(row, kept.get(row.key) ?? 0)),
      next: rows.length > pageSize && last !== undefined ? last.key.toString() : null,
      count: await tx.device.count({ where }),
    };
  },
});

const columns = {
  id: true,
  key: true,
  deviceId: true,
  name: true,
  serial: true,
  tags: true,
  createdAt: true,
  createdBy: true,
  profile: { select: { name: true } },
  batch: { select: { id: true, name: true } },
  enrolmentGroup: { select: { id: true, name: true } },
  status: { select: { lastMessageAt: true, connectedAt: true, disconnectedAt: true } },
} as const;

type Row = {
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly tags: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly profile: { readonly name: string };
  readonly batch: { readonly id: string; readonly name: string } | null;
  readonly enrolmentGroup: { readonly id: string; readonly name: string } | null;
  readonly status: {
    readonly lastMessageAt: Date | null;
    readonly connectedAt: Date | null;
    readonly disconnectedAt: Date | null;
  } | null;
};

function viewOf(row: Row, kept: number): QuarantinedDevice {
  return {
    id: row.id,
    deviceId: row.deviceId,
    name: row.name,
    serial: row.serial,
    profileName: row.profile.name,
    tags: row.tags,
    batch: row.batch,
    group: row.enrolmentGroup,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    lastContactAt: newestOf(row.status),
    kept,
  };
}

function newestOf(status: Row["status"]): string | null {
  const times = [status?.lastMessageAt, status?.connectedAt, status?.disconnectedAt].flatMap(
    (time) => (time === null || time === undefined ? [] : [time.getTime()]),
  );
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}

async function keptByDevice(
  tx: Tx,
  { tenantId, keys }: { readonly tenantId: string; readonly keys: readonly bigint[] },
): Promise<ReadonlyMap<bigint, number>> {
  if (keys.length === 0) return new Map();
  const rows = await tx.deadLetter.groupBy({
    by: ["deviceKey"],
    where: { tenantId, deviceKey: { in: [...keys] }, reason: "in-quarantine", state: "open" },
    _count: { _all: true },
  });
  return new Map(rows.map(({ deviceKey, _count }) => [deviceKey, _count._all]));
}
