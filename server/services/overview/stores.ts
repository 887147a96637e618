import { measureStores, readStoreSamples } from "#server/db/measure-stores.ts";
import type { Tx } from "#server/db/client.ts";
import { growthDays, growthOf, storeNames, type StoreName } from "#server/domain/stores.ts";

/** What the installation stores, with its largest stores first. */
export type StoresInBrief = {
  readonly totalBytes: number;
  /** Null while there is no sample of another day. */
  readonly bytesPerDay: number | null;
  readonly largest: readonly {
    readonly store: StoreName;
    readonly bytes: number;
    readonly bytesPerDay: number | null;
  }[];
};

const most = 4;

/** Sizes and growth of the stores: of all organisations, for the one that runs the installation. */
export async function readStores(tx: Tx, now: Date): Promise<StoresInBrief> {
  const sizes = await measureStores(tx);
  const samples = await readStoreSamples(tx, growthDays);
  const stores = storeNames.map((store) => {
    const size = sizes.find((each) => each.store === store) ?? { store, bytes: 0, rows: 0 };
    const own = samples.filter((each) => each.store === store);
    const growth = growthOf(own, { ...size, at: now.getTime() });
    return { store, bytes: size.bytes, bytesPerDay: growth?.bytes ?? null };
  });
  const growing = stores.flatMap(({ bytesPerDay }) => bytesPerDay ?? []);
  return {
    totalBytes: stores.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesPerDay: growing.length === 0 ? null : growing.reduce((sum, bytes) => sum + bytes, 0),
    largest: stores.toSorted((a, b) => b.bytes - a.bytes).slice(0, most),
  };
}
