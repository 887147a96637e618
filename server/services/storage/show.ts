import { measureStores, readStoreSamples } from "#server/db/measure-stores.ts";
import {
  readPartitionsAhead,
  readReadingDays,
  readRollupState,
  readTimescale,
  type ReadingDay,
} from "#server/db/read-storage-state.ts";
import { growthDays, growthOf, storeNames, type StoreName } from "#server/domain/stores.ts";
import { defineQuery } from "#server/services/query.ts";
import { requireStorageOperator } from "#server/services/storage/internal.ts";
import { showStorageSchema } from "#server/services/storage/schemas.ts";

/** A store, with what it gains a day; null while there is no sample of another day. */
export type StoreView = {
  readonly store: StoreName;
  /** With indexes. */
  readonly bytes: number;
  /** As the planner takes it for; 0 while nothing was analysed. */
  readonly rows: number;
  readonly bytesPerDay: number | null;
  readonly rowsPerDay: number | null;
};

/** Whether a day's rows lie together by device. */
export type DayOrder = "open" | "waiting" | "ordered" | "too-large" | "in-use";

export type StorageView = {
  readonly measuredAt: string;
  readonly totalBytes: number;
  readonly bytesPerDay: number | null;
  readonly stores: readonly StoreView[];
  /** Coming days that have their partitions already. */
  readonly partitionsAhead: number;
  /** The newest days of readings, newest first. */
  readonly days: readonly {
    readonly day: string;
    readonly bytes: number;
    readonly rows: number;
    readonly order: DayOrder;
  }[];
  readonly rollups: {
    /** Minutes of which workers hold readings that are not merged yet; they are read from readings. */
    readonly openMinutes: number;
    /** Minutes that are computed from their readings. */
    readonly dueMinutes: number;
    /** Since when the oldest of either waits; null when nothing does. */
    readonly oldestAt: string | null;
  };
  readonly timescale: { readonly available: boolean; readonly installed: string | null };
};

const mostDays = 14;

/**
 * What the installation stores, how it grows, and how far its rollups are. Only for the organisation
 * that runs it.
 */
export const showStorage = defineQuery({
  name: "storage.show",
  can: "storage.view",
  input: showStorageSchema,
  run: async ({ ctx, tx }): Promise<StorageView> => {
    await requireStorageOperator(tx, ctx);
    const now = ctx.now();
    const sizes = await measureStores(tx);
    const samples = await readStoreSamples(tx, growthDays);
    const stores = storeNames.map((store): StoreView => {
      const size = sizes.find((each) => each.store === store) ?? { store, bytes: 0, rows: 0 };
      const own = samples.filter((each) => each.store === store);
      const growth = growthOf(own, { ...size, at: now.getTime() });
      return {
        ...size,
        bytesPerDay: growth?.bytes ?? null,
        rowsPerDay: growth?.rows ?? null,
      };
    });
    const state = await readRollupState(tx);
    const oldest = [state.oldestOpen, state.oldestDue].filter((at) => at !== null);
    const growing = stores.flatMap(({ bytesPerDay }) => bytesPerDay ?? []);
    return {
      measuredAt: now.toISOString(),
      totalBytes: stores.reduce((sum, { bytes }) => sum + bytes, 0),
      bytesPerDay: growing.length === 0 ? null : growing.reduce((sum, bytes) => sum + bytes, 0),
      stores,
      partitionsAhead: await readPartitionsAhead(tx),
      days: (await readReadingDays(tx, mostDays)).map(dayView),
      rollups: {
        openMinutes: state.openMinutes,
        dueMinutes: state.dueMinutes,
        oldestAt:
          oldest.length === 0
            ? null
            : new Date(Math.min(...oldest.map((at) => at.getTime()))).toISOString(),
      },
      timescale: await readTimescale(tx),
    };
  },
});

function dayView({ day, bytes, rows, ...rest }: ReadingDay): StorageView["days"][number] {
  return { day, bytes, rows, order: orderOf(rest) };
}

function orderOf({
  closed,
  orderedAt,
  outcome,
}: Pick<ReadingDay, "closed" | "orderedAt" | "outcome">): DayOrder {
  if (!closed) return "open";
  if (orderedAt !== null) return "ordered";
  return outcome === "too-large" || outcome === "in-use" ? outcome : "waiting";
}
