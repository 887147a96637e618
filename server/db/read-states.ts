import type { Tx } from "#server/db/client.ts";
import { isoTime } from "#server/db/read-series.ts";
import type { Span } from "#server/domain/telemetry-sources.ts";

/** A value that held from one reading to another; instants are epoch milliseconds. */
export type StateRow = {
  readonly deviceKey: bigint;
  readonly since: number;
  readonly until: number;
  readonly value: number | boolean | string;
  /** From when on nothing is missing; null when from the start. */
  readonly completeFrom: number | null;
};

/** Where one metric is in each schema version, position from 1; text is found by its name. */
export type StatePlaces = {
  readonly schemas: readonly number[];
  readonly places: readonly number[];
  readonly booleans: readonly boolean[];
};

/** Runs of a metric's values for each device, newest first. */
export async function readStates(
  tx: Tx,
  at: Span & {
    readonly deviceKeys: readonly bigint[];
    readonly metric: string;
    readonly places: StatePlaces;
    /** Of each device; older readings are not looked at. */
    readonly readings: number;
    /** Of each device. */
    readonly runs: number;
  },
): Promise<readonly StateRow[]> {
  return tx.$queryRaw<StateRow[]>`
    SELECT device_key AS "deviceKey", date_part('epoch', since_at) * 1000 AS since,
      date_part('epoch', until_at) * 1000 AS until, value,
      date_part('epoch', complete_from) * 1000 AS "completeFrom"
    FROM telemetry.state_runs(${[...at.deviceKeys]}::bigint[], ${at.metric}::text,
      ${[...at.places.schemas]}::integer[], ${[...at.places.places]}::integer[],
      ${[...at.places.booleans]}::boolean[], ${isoTime(at.from)}::timestamptz,
      ${isoTime(at.to)}::timestamptz, ${at.readings}::integer, ${at.runs}::integer)`;
}
