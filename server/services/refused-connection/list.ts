import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { defineQuery } from "#server/services/query.ts";
import { refusalConditions } from "#server/services/refused-connection/conditions.ts";
import { decodeCursor, encodeCursor } from "#server/services/refused-connection/cursor.ts";
import { refusedConnectionListSchema } from "#server/services/refused-connection/schemas.ts";

/** A cause for which somebody was refused, with how often. Times are ISO 8601 in UTC. */
export type RefusedConnection = {
  readonly id: string;
  /** What the peer said it was: common name, user name or client id; empty if nothing. */
  readonly claimedId: string;
  /** The device of ours that it was, or claimed to be; null for strangers and service clients. */
  readonly device: { readonly deviceId: string; readonly name: string } | null;
  readonly cause: string;
  readonly detail: string;
  readonly remedy: string;
  /** Address without a port. */
  readonly remote: string;
  readonly transport: string;
  /** SHA-256 of the certificate that was shown, lower-case hex; empty if there was none. */
  readonly sha256: string;
  /** The device to which that certificate was issued here; null for a foreign one. */
  readonly certificate: {
    readonly deviceId: string;
    readonly state: string;
    readonly notAfter: string;
  } | null;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
};

export type RefusedConnectionPage = {
  readonly refusals: readonly RefusedConnection[];
  /** `cursor` of the next page; null on the last. */
  readonly next: string | null;
};

const columns = {
  id: true,
  claimedId: true,
  deviceKey: true,
  reason: true,
  detail: true,
  remedy: true,
  remote: true,
  transport: true,
  sha256: true,
  count: true,
  firstAt: true,
  lastAt: true,
} as const;

type Row = Prisma.RefusedConnectionGetPayload<{ select: typeof columns }>;

const timeoutMs = 5000;

/**
 * Who was refused and why, newest first: one entry for each cause, however often it came.
 * @throws ServiceError not_found when `deviceId` names no device, invalid for a foreign cursor
 */
export const listRefusedConnections = defineQuery({
  name: "refusedConnection.list",
  can: "fleet.view",
  input: refusedConnectionListSchema,
  run: async ({ ctx, tx, input }): Promise<RefusedConnectionPage> => {
    await limitStatements(tx, timeoutMs);
    const where = await refusalConditions({ ctx, tx }, input);
    const rows = await tx.refusedConnection.findMany({
      where: { AND: [where, beyond(input.cursor)] },
      orderBy: [{ lastAt: "desc" }, { id: "desc" }],
      take: input.limit + 1,
      select: columns,
    });
    const page = rows.slice(0, input.limit);
    const last = page.at(-1);
    return {
      refusals: await withOwners(tx, ctx.tenantId, page),
      next: rows.length > input.limit && last !== undefined ? encodeCursor(last) : null,
    };
  },
});

function beyond(cursor: string | undefined): Prisma.RefusedConnectionWhereInput {
  if (cursor === undefined) return {};
  const { lastAt, id } = decodeCursor(cursor);
  return { lastAt: { lte: lastAt }, OR: [{ lastAt: { lt: lastAt } }, { id: { lt: id } }] };
}

/** Devices and certificates that the page names, each read once. */
async function withOwners(
  tx: Tx,
  tenantId: string,
  rows: readonly Row[],
): Promise<readonly RefusedConnection[]> {
  const keys = rows.flatMap(({ deviceKey }) => (deviceKey === null ? [] : [deviceKey]));
  const names = rows.flatMap((row) => (row.deviceKey === null ? [row.claimedId] : []));
  const devices = await tx.device.findMany({
    where: { tenantId, OR: [{ key: { in: keys } }, { deviceId: { in: names } }] },
    select: { key: true, deviceId: true, name: true },
  });
  const shown = rows.flatMap(({ sha256 }) => (sha256 === "" ? [] : [sha256]));
  const certificates = await tx.certificate.findMany({
    where: { tenantId, sha256: { in: shown } },
    select: { sha256: true, state: true, notAfter: true, device: { select: { deviceId: true } } },
  });
  return rows.map(({ deviceKey, reason, ...row }) => {
    const device = devices.find(({ key, deviceId }) =>
      deviceKey === null ? deviceId === row.claimedId : key === deviceKey,
    );
    const issued = certificates.find(({ sha256 }) => sha256 === row.sha256);
    return {
      ...row,
      cause: reason,
      device: device === undefined ? null : { deviceId: device.deviceId, name: device.name },
      certificate:
        issued === undefined
          ? null
          : {
              deviceId: issued.device.deviceId,
              state: issued.state,
              notAfter: issued.notAfter.toISOString(),
            },
      count: Number(row.count),
      firstAt: row.firstAt.toISOString(),
      lastAt: row.lastAt.toISOString(),
    };
  });
}
