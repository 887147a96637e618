import type { Tx } from "#server/db/client.ts";
import type { DeviceDetailRow } from "#server/db/find-device.ts";
import { deviceTimelineSchema } from "#server/services/device/query-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

type Connection = {
  readonly at: string;
  readonly remote: string;
  readonly clientId: string;
  readonly protocol: string;
  /** Null on the plain listener. */
  readonly tlsVersion: string | null;
  /** More than 1 when it happened several times within a second. */
  readonly count: number;
};

/** Something that happened to a device's connections; `at` is ISO 8601 in UTC. */
export type TimelineEntry =
  | ({ readonly kind: "connected" } & Connection)
  | ({ readonly kind: "disconnected"; readonly reason: string | null } & Connection)
  | {
      readonly kind: "refused";
      readonly id: string;
      readonly at: string;
      readonly firstAt: string;
      readonly cause: string;
      readonly detail: string;
      readonly remedy: string;
      readonly remote: string;
      readonly transport: string;
      readonly count: number;
    };

export type DeviceTimeline = {
  /** Newest first. */
  readonly entries: readonly TimelineEntry[];
  /** `before` of the next page; null on the last. */
  readonly nextBefore: string | null;
};

type Window = {
  readonly tenantId: string;
  readonly device: DeviceDetailRow;
  readonly before: Date | undefined;
  readonly take: number;
};

/** Entries of the same millisecond stay on one page: at most this many come with the last one. */
const tied = 20;

/**
 * When a device connected, left and was refused, newest first: comings and goings of 30 days, and
 * every refusal at the time of its newest attempt.
 * @throws ServiceError not_found
 */
export const deviceTimeline = defineQuery({
  name: "device.timeline",
  can: "fleet.view",
  input: deviceTimelineSchema,
  run: async ({ ctx, tx, input }): Promise<DeviceTimeline> => {
    const device = await requireDevice(tx, {
      tenantId: ctx.tenantId,
      reference: input.device,
      now: ctx.now(),
    });
    const window: Window = {
      tenantId: ctx.tenantId,
      device,
      before: input.before,
      take: input.limit + tied,
    };
    const events = await readEvents(tx, window);
    const refusals = await readRefusals(tx, window);
    const merged = [...events, ...refusals].toSorted(newestFirst);
    const last = merged[input.limit - 1];
    const entries = last === undefined ? merged : merged.filter(({ at }) => at >= last.at);
    return {
      entries,
      nextBefore: last !== undefined && entries.length < merged.length ? last.at : null,
    };
  },
});

/** Of the same instant: the end of a connection came after its beginning. */
function newestFirst(a: TimelineEntry, b: TimelineEntry): number {
  return b.at.localeCompare(a.at) || b.kind.localeCompare(a.kind);
}

async function readEvents(tx: Tx, window: Window): Promise<readonly TimelineEntry[]> {
  const rows = await tx.deviceConnectionEvent.findMany({
    where: {
      tenantId: window.tenantId,
      deviceKey: window.device.key,
      ...(window.before !== undefined && { at: { lt: window.before } }),
    },
    orderBy: [{ at: "desc" }, { kind: "desc" }],
    take: window.take,
    select: {
      at: true,
      kind: true,
      reason: true,
      remoteAddress: true,
      clientId: true,
      protocol: true,
      tlsVersion: true,
      count: true,
    },
  });
  return rows.map(({ at, kind, reason, remoteAddress, ...row }) => {
    const connection = { ...row, at: at.toISOString(), remote: remoteAddress };
    return kind === "connected" ? { kind, ...connection } : { kind, reason, ...connection };
  });
}

async function readRefusals(tx: Tx, window: Window): Promise<readonly TimelineEntry[]> {
  const { device, before } = window;
  const rows = await tx.refusedConnection.findMany({
    where: {
      tenantId: window.tenantId,
      OR: [{ deviceKey: device.key }, { claimedId: device.deviceId }],
      ...(before !== undefined && { lastAt: { lt: before } }),
    },
    orderBy: { lastAt: "desc" },
    take: window.take,
    select: {
      id: true,
      reason: true,
      detail: true,
      remedy: true,
      remote: true,
      transport: true,
      count: true,
      firstAt: true,
      lastAt: true,
    },
  });
  return rows.map(({ reason, firstAt, lastAt, count, ...row }) => ({
    kind: "refused" as const,
    ...row,
    cause: reason,
    count: Number(count),
    at: lastAt.toISOString(),
    firstAt: firstAt.toISOString(),
  }));
}
