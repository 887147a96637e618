import { findProfileUnits } from "#server/db/find-profile-units.ts";
import { readLatest } from "#server/db/read-latest.ts";
import { readNewestMessages, type StoredMessageRow } from "#server/db/read-newest-messages.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";
import { latestSchema } from "#server/services/telemetry/schemas.ts";

export type LatestField = {
  readonly name: string;
  /** Of what is an object or a list: the beginning of it as JSON. */
  readonly value: number | boolean | string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly unit: string | null;
};

export type LatestTelemetry = {
  /** Epoch milliseconds; null when the device never sent anything that was stored. */
  readonly receivedAt: number | null;
  /** By name. */
  readonly fields: readonly LatestField[];
};

/**
 * Newest value of each field of a device, at most a second behind the store.
 * @throws ServiceError not_found
 */
export const latestTelemetry = defineQuery({
  name: "telemetry.latest",
  can: "telemetry.view",
  input: latestSchema,
  run: async ({ ctx, tx, input }): Promise<LatestTelemetry> => {
    const { tenantId } = ctx;
    const device = await requireDevice(tx, { tenantId, reference: input.device, now: ctx.now() });
    const latest = await readLatest(tx, device.key);
    if (latest === null) return { receivedAt: null, fields: [] };
    const names = Object.keys(latest.fields);
    const { profileId } = device;
    const unitOf = await findProfileUnits(tx, { tenantId, profileIds: [profileId], names });
    const fields = Object.entries(latest.fields).map(([name, { v, t }]) => {
      return { name, value: v, at: t, unit: unitOf(profileId, name) };
    });
    const documents = newestDocuments(
      await readNewestMessages(tx, { deviceKey: device.key, limit: documentReadings }),
    );
    return {
      receivedAt: latest.receivedAt.getTime(),
      fields: [...fields, ...documents.filter(({ name }) => !names.includes(name))].toSorted(
        (a, b) => a.name.localeCompare(b.name),
      ),
    };
  },
});

/** Objects and lists are no latest values of their own: they are looked for in so many readings. */
const documentReadings = 20;
const shownCharacters = 1_024;

/** @param rows newest first */
function newestDocuments(rows: readonly StoredMessageRow[]): readonly LatestField[] {
  const found = new Map<string, LatestField>();
  for (const { ts, extra } of rows) {
    for (const [name, value] of Object.entries(extra ?? {})) {
      if (typeof value !== "object" || value === null || found.has(name)) continue;
      const text = JSON.stringify(value).slice(0, shownCharacters).toWellFormed();
      found.set(name, { name, value: text, at: ts.getTime(), unit: null });
    }
  }
  return [...found.values()];
}
