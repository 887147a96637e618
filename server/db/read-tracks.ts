import type { Tx } from "#server/db/client.ts";
import { isoTime } from "#server/db/read-series.ts";
import type { Span } from "#server/domain/telemetry-sources.ts";

/** Positions of a device: "t,latitude,longitude;…", t in epoch milliseconds, ascending. */
export type TrackRow = { readonly deviceKey: bigint; readonly points: string };

/** Where the two numbers of a position are in each schema version, positions from 1. */
export type TrackPlaces = {
  readonly schemas: readonly number[];
  readonly latitudes: readonly number[];
  readonly longitudes: readonly number[];
};

/** The last position of each bucket of time, for each device. */
export async function readTracks(
  tx: Tx,
  at: Span & {
    readonly deviceKeys: readonly bigint[];
    readonly places: TrackPlaces;
    readonly bucketMs: number;
  },
): Promise<readonly TrackRow[]> {
  return tx.$queryRaw<TrackRow[]>`
    SELECT device_key AS "deviceKey", points
    FROM telemetry.device_tracks(${[...at.deviceKeys]}::bigint[], ${[...at.places.schemas]}::integer[],
      ${[...at.places.latitudes]}::integer[], ${[...at.places.longitudes]}::integer[],
      ${isoTime(at.from)}::timestamptz, ${isoTime(at.to)}::timestamptz, ${at.bucketMs}::bigint)`;
}
