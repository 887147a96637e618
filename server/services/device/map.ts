import { z } from "zod";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import { gatherByCell, measureExtent, type MapCellRow } from "#server/db/locate-devices.ts";
import { deviceSelectionSchema } from "#server/domain/device-selection.ts";
import type { MapBounds } from "#server/domain/map-grid.ts";
import { mapBoundsSchema } from "#server/domain/map-grid-schema.ts";
import type { Presence } from "#server/domain/presence.ts";
import { defineQuery } from "#server/services/query.ts";

/** Devices that stand for one mark of the map. */
export type MapMark = {
  readonly latitude: number;
  readonly longitude: number;
  readonly devices: number;
  readonly online: number;
  /** Late, silent or stranded. */
  readonly overdue: number;
  /** Where they are. */
  readonly bounds: MapBounds;
  /** The device itself, when it is one alone. */
  readonly device: {
    readonly deviceId: string;
    readonly name: string;
    readonly presence: Presence;
  } | null;
};

/** More marks than this nobody tells apart. */
const maxMarks = 600;

const mapMarksSchema = z.object({
  devices: deviceSelectionSchema,
  bounds: mapBoundsSchema,
  /** Cells of the grid that devices are gathered by. */
  columns: z.coerce.number().int().min(1).max(60),
  rows: z.coerce.number().int().min(1).max(60),
});

/** The located devices of a part of the map, those close to each other as one mark; the fullest first. */
export const mapMarks = defineQuery({
  name: "device.map",
  can: "fleet.view",
  input: mapMarksSchema,
  run: async ({ ctx, tx, input }): Promise<readonly MapMark[]> => {
    const at = { tenantId: ctx.tenantId, now: ctx.now() };
    const filter = await deviceSelectionSql(tx, input.devices, at);
    const cells = await gatherByCell(tx, filter, { ...at, ...input, limit: maxMarks });
    return cells.map(markOf);
  },
});

function markOf(cell: MapCellRow): MapMark {
  const { latitude, devices, online, overdue, south, north, deviceId, name, presence } = cell;
  return {
    latitude,
    longitude: around(cell.longitude),
    devices,
    online,
    overdue,
    bounds: { south, north, west: around(cell.west), east: around(cell.east) },
    device: devices === 1 ? { deviceId, name, presence } : null,
  };
}

/** Back into -180 to 180. */
function around(longitude: number): number {
  return longitude > 180 ? longitude - 360 : longitude;
}

/** How much of a selection the map can show. */
export type MapExtent = {
  readonly matching: number;
  readonly located: number;
  /** Null when no device has a place. */
  readonly bounds: MapBounds | null;
};

const mapExtentSchema = z.object({ devices: deviceSelectionSchema });

/** How many devices match, how many have a place, and where those are. */
export const mapExtent = defineQuery({
  name: "device.mapExtent",
  can: "fleet.view",
  input: mapExtentSchema,
  run: async ({ ctx, tx, input }): Promise<MapExtent> => {
    const at = { tenantId: ctx.tenantId, now: ctx.now() };
    const row = await measureExtent(tx, await deviceSelectionSql(tx, input.devices, at));
    const { matching, located, south, north, west, east } = row;
    const isSomewhere = south !== null && north !== null && west !== null && east !== null;
    return { matching, located, bounds: isSomewhere ? { south, north, west, east } : null };
  },
});
