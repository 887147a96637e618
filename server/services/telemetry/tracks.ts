import { findChartDevices } from "#server/db/find-chart-devices.ts";
import { findMetricFields, type MetricField } from "#server/db/find-metric-fields.ts";
import { readTracks, type TrackPlaces } from "#server/db/read-tracks.ts";
import { maxChartDevices, type Track, type TrackQuery } from "#server/domain/telemetry-query.ts";
import { trackQuerySchema } from "#server/domain/telemetry-query-schema.ts";
import { defineQuery } from "#server/services/query.ts";
import { bounded } from "#server/services/telemetry/bounded.ts";

/** Names that devices give the two numbers, those that say most first. */
const usualNames: readonly (readonly [latitude: string, longitude: string])[] = [
  ["latitude", "longitude"],
  ["lat", "lon"],
  ["lat", "lng"],
  ["lat", "long"],
  ["gps_lat", "gps_lon"],
];

export type TrackAnswer = {
  /** Devices that sent positions within the range. */
  readonly tracks: readonly Track[];
  readonly devices: { readonly matching: number; readonly shown: number };
};

/**
 * Where devices were over a range, from the two numbers of their positions; what lies beyond the
 * poles or the date line is left out.
 * @throws ServiceError invalid also when the range takes longer to read than anybody waits
 */
export const queryTracks = defineQuery({
  name: "telemetry.tracks",
  can: "telemetry.view",
  input: trackQuerySchema,
  run: async ({ ctx, tx, input }): Promise<TrackAnswer> =>
    bounded({ ctx, tx }, async () => {
      const { tenantId } = ctx;
      const at = { tenantId, now: ctx.now(), limit: maxChartDevices };
      const { matching, devices } = await findChartDevices(tx, input.devices, at);
      const pairs = namesOf(input);
      const fields = await findMetricFields(tx, { tenantId, names: pairs.flat() });
      const span = { from: input.from.getTime(), to: input.to.getTime() };
      const rows = await readTracks(tx, {
        ...span,
        deviceKeys: devices.map(({ key }) => key),
        places: placesOf(pairs, fields),
        // A range that begins within a bucket touches one more.
        bucketMs: Math.ceil((span.to - span.from) / (input.points - 1)),
      });
      const byKey = new Map(rows.map(({ deviceKey, points }) => [deviceKey, points]));
      return {
        tracks: devices.flatMap(({ id, key, deviceId, name }) => {
          const points = byKey.get(key);
          if (points === undefined) return [];
          return { device: { id, deviceId, name }, points: toPoints(points) };
        }),
        devices: { matching, shown: devices.length },
      };
    }),
});

function namesOf({ latitude, longitude }: TrackQuery): typeof usualNames {
  if (latitude === undefined || longitude === undefined) return usualNames;
  return [[latitude, longitude]];
}

/** Of each schema version the first pair of names of which it has both. */
function placesOf(pairs: typeof usualNames, fields: readonly MetricField[]): TrackPlaces {
  const found = new Map<number, readonly [number, number]>();
  for (const [latitude, longitude] of pairs) {
    for (const field of fields.filter(({ name }) => name === latitude)) {
      const other = fields.find(
        ({ name, schemaId }) => name === longitude && schemaId === field.schemaId,
      );
      if (other === undefined || found.has(field.schemaId)) continue;
      found.set(field.schemaId, [field.position + 1, other.position + 1]);
    }
  }
  return {
    schemas: [...found.keys()],
    latitudes: Array.from(found.values(), ([latitude]) => latitude),
    longitudes: Array.from(found.values(), ([, longitude]) => longitude),
  };
}

function toPoints(points: string): Track["points"] {
  return points.split(";").map((point) => {
    const [t, latitude, longitude] = point.split(",").map(Number);
    return [t ?? 0, latitude ?? 0, longitude ?? 0] as const;
  });
}
