import { findConnectionMarks } from "#server/db/find-connection-marks.ts";
import type { Tx } from "#server/db/client.ts";
import { alertRules } from "#server/domain/alert.ts";
import { noteColumns, noteOf, type ChartNote } from "#server/services/annotation/internal.ts";
import { listAnnotationsSchema } from "#server/services/annotation/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

type DeviceName = { readonly id: string; readonly deviceId: string; readonly name: string };

/** What happened besides the values; instants are epoch milliseconds, `to: null` is an instant. */
export type ChartMark =
  | ({ readonly kind: "note" } & ChartNote)
  | {
      readonly kind: "connected" | "disconnected";
      readonly device: DeviceName;
      readonly from: number;
      readonly to: null;
      readonly reason: string | null;
      /** More than 1 when it happened several times within a second. */
      readonly count: number;
    }
  | {
      readonly kind: "alert";
      readonly id: string;
      readonly device: DeviceName;
      readonly from: number;
      /** Null: it stands. */
      readonly to: number | null;
      readonly severity: string;
      readonly title: string;
    }
  | {
      readonly kind: "rotation";
      readonly id: string;
      readonly device: DeviceName;
      readonly from: number;
      readonly to: number | null;
      readonly name: string;
    };

export type ChartMarks = {
  /** Ascending. */
  readonly marks: readonly ChartMark[];
  /** There is more than is shown; a shorter range shows the rest. */
  readonly isCut: boolean;
};

const most = { note: 200, connectionsPerDevice: 60, connections: 300, alert: 100, rotation: 50 };

type Window = {
  readonly tenantId: string;
  readonly from: Date;
  readonly to: Date;
  readonly devices: ReadonlyMap<string, DeviceName>;
};

/**
 * What happened to devices in a range: notes by people, comings and goings, alerts, rotations of
 * certificates. Devices that are not there have no marks.
 */
export const listAnnotations = defineQuery({
  name: "annotation.list",
  can: "telemetry.view",
  input: listAnnotationsSchema,
  run: async ({ ctx, tx, input }): Promise<ChartMarks> => {
    const { tenantId } = ctx;
    const devices = await tx.device.findMany({
      where: { tenantId, id: { in: input.devices } },
      select: { id: true, deviceId: true, name: true },
    });
    const window: Window = {
      tenantId,
      from: input.from,
      to: input.to,
      devices: new Map(devices.map((device) => [device.id, device])),
    };
    const parts = [
      await readNotes(tx, window),
      await readConnections(tx, window),
      await readAlerts(tx, window),
      await readRotations(tx, window),
    ];
    return {
      marks: parts.flatMap(({ marks }) => marks).toSorted((a, b) => a.from - b.from),
      isCut: parts.some(({ isCut }) => isCut),
    };
  },
});

/** The first `limit` of what was read with one more. */
function cut(marks: readonly ChartMark[], limit: number): ChartMarks {
  return { marks: marks.slice(0, limit), isCut: marks.length > limit };
}

async function readNotes(tx: Tx, { tenantId, from, to, devices }: Window): Promise<ChartMarks> {
  const rows = await tx.chartAnnotation.findMany({
    where: {
      tenantId,
      fromAt: { lte: to },
      AND: [
        { OR: [{ fromAt: { gte: from } }, { toAt: { gte: from } }] },
        { OR: [{ deviceId: null }, { deviceId: { in: [...devices.keys()] } }] },
      ],
    },
    orderBy: { fromAt: "desc" },
    take: most.note + 1,
    select: noteColumns,
  });
  const marks = rows.map((row) => ({
    kind: "note" as const,
    ...noteOf(row, row.deviceId === null ? null : (devices.get(row.deviceId) ?? null)),
  }));
  return cut(marks, most.note);
}

async function readConnections(tx: Tx, window: Window): Promise<ChartMarks> {
  const { tenantId, from, to, devices } = window;
  const perDevice = most.connectionsPerDevice + 1;
  const rows = await findConnectionMarks(tx, {
    tenantId,
    devices: [...devices.keys()],
    from,
    to,
    perDevice,
  });
  const counts = new Map<string, number>();
  const marks = rows.flatMap(({ deviceId, at, kind, reason, count }) => {
    counts.set(deviceId, (counts.get(deviceId) ?? 0) + 1);
    const device = devices.get(deviceId);
    if (device === undefined) return [];
    return [{ kind, device, from: at.getTime(), to: null, reason, count }];
  });
  const shown = cut(marks, most.connections);
  return { ...shown, isCut: shown.isCut || [...counts.values()].includes(perDevice) };
}

async function readAlerts(tx: Tx, { tenantId, from, to, devices }: Window): Promise<ChartMarks> {
  const named = new Map([...devices.values()].map((device) => [device.deviceId, device]));
  if (named.size === 0) return { marks: [], isCut: false };
  const rows = await tx.alert.findMany({
    where: {
      tenantId,
      // All rules, so that the index by rule and subject is used.
      rule: { in: [...alertRules] },
      subjectId: { in: [...named.keys()] },
      subjectKind: "device",
      firstAt: { lte: to },
      OR: [{ resolvedAt: null }, { resolvedAt: { gte: from } }],
    },
    orderBy: { firstAt: "desc" },
    take: most.alert + 1,
    select: {
      id: true,
      subjectId: true,
      severity: true,
      title: true,
      firstAt: true,
      resolvedAt: true,
    },
  });
  const marks = rows.flatMap(({ id, subjectId, severity, title, firstAt, resolvedAt }) => {
    const device = named.get(subjectId);
    if (device === undefined) return [];
    const span = { from: firstAt.getTime(), to: resolvedAt?.getTime() ?? null };
    return [{ kind: "alert" as const, id, device, severity, title, ...span }];
  });
  return cut(marks, most.alert);
}

async function readRotations(tx: Tx, { tenantId, from, to, devices }: Window): Promise<ChartMarks> {
  if (devices.size === 0) return { marks: [], isCut: false };
  const rows = await tx.rotationCampaignDevice.findMany({
    where: {
      tenantId,
      deviceId: { in: [...devices.keys()] },
      askedAt: { not: null, lte: to },
      OR: [{ finishedAt: null }, { finishedAt: { gte: from } }],
    },
    orderBy: { askedAt: "desc" },
    take: most.rotation + 1,
    select: {
      campaignId: true,
      deviceId: true,
      askedAt: true,
      finishedAt: true,
      campaign: { select: { name: true } },
    },
  });
  const marks = rows.flatMap(({ campaignId, deviceId, askedAt, finishedAt, campaign }) => {
    const device = devices.get(deviceId);
    if (device === undefined || askedAt === null) return [];
    const span = { from: askedAt.getTime(), to: finishedAt?.getTime() ?? null };
    return [{ kind: "rotation" as const, id: campaignId, device, name: campaign.name, ...span }];
  });
  return cut(marks, most.rotation);
}
