import type { Tx } from "#server/db/client.ts";
import { isoTime } from "#server/db/read-series.ts";
import type { Span } from "#server/domain/telemetry-sources.ts";

/** An event with the beginning of its payload. */
export type EventRow = {
  readonly deviceKey: bigint;
  readonly ts: Date;
  readonly receivedAt: Date;
  /** `event/` and its name. */
  readonly channel: string;
  readonly payload: Uint8Array;
};

/** Events of devices that they date within the span, newest first. */
export async function readDeviceEvents(
  tx: Tx,
  at: Span & {
    readonly deviceKeys: readonly bigint[];
    readonly limit: number;
    readonly shownBytes: number;
  },
): Promise<readonly EventRow[]> {
  return tx.$queryRaw<EventRow[]>`
    SELECT device_key AS "deviceKey", ts, received_at AS "receivedAt", channel, payload
    FROM telemetry.device_events(${[...at.deviceKeys]}::bigint[], ${isoTime(at.from)}::timestamptz,
      ${isoTime(at.to)}::timestamptz, ${at.limit}::integer, ${at.shownBytes}::integer)`;
}
