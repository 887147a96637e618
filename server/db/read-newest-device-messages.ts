import type { Tx } from "#server/db/client.ts";

/** A state, description, event or log as the device sent it. */
export type DeviceMessageRow = {
  readonly ts: Date;
  readonly receivedAt: Date;
  /** "state", "description", "log", or "event/" and the event's name. */
  readonly channel: string;
  /** The first `shownBytes` of it. */
  readonly payload: Uint8Array;
};

/** The device's newest messages besides readings, by receipt, newest first. */
export async function readNewestDeviceMessages(
  tx: Tx,
  at: { readonly deviceKey: bigint; readonly limit: number; readonly shownBytes: number },
): Promise<readonly DeviceMessageRow[]> {
  return tx.$queryRaw<DeviceMessageRow[]>`
    SELECT ts, received_at AS "receivedAt", channel, payload
    FROM telemetry.newest_device_messages(${at.deviceKey}::bigint, ${at.limit}::integer, ${at.shownBytes}::integer)
    ORDER BY received_at DESC`;
}
