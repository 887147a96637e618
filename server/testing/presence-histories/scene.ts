import type pg from "pg";
import type { TestDatabase, TestTenant } from "#server/testing/database.ts";

/** In the future, so that no trigger's own clock comes after it; midnight, so that days are few. */
export const historyBegin = Date.UTC(2030, 0, 10);

/** A worker of a history; without a heartbeat since `goneAt`. */
export type HistoryWorker = { readonly id: string; goneAt: number | undefined; ahead: number };

export type Scene = {
  readonly database: TestDatabase;
  readonly owner: pg.Client;
  readonly tenant: TestTenant;
  readonly devices: ReadonlyMap<string, { readonly key: bigint; readonly id: string }>;
  readonly workers: Map<string, HistoryWorker>;
  /** By device and worker, true seconds. */
  readonly connectedAt: Map<string, number>;
  /** Seconds by which the database's clock is ahead of true time. */
  ahead: number;
  /** Nobody has looked since, or the clock was set: the judge is to find it out. */
  isGap: boolean;
};

/** The database's clock at a true time, in seconds since the history began. */
export function databaseTime({ ahead }: Pick<Scene, "ahead">, time: number): Date {
  return new Date(historyBegin + (time + ahead) * 1000);
}
