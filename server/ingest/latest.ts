import type { LatestRow } from "#server/db/merge-latest.ts";
import type { Reading } from "#server/pipeline/run-stages.ts";
import { reasonOf } from "#server/ingest/retry.ts";
import type { Log } from "#server/observability/log.ts";

/** Newest values by device, gathered after the commit and written at most once a second. */
export type LatestValues = {
  note(reading: Reading): void;
  flush(): Promise<void>;
  /** Writes what is left and ends. */
  stop(): Promise<void>;
};

type Value = { v: number | boolean | string; t: number };
type DeviceValues = { receivedMicros: number; readonly fields: Map<string, Value> };

const flushEveryMs = 1000;
const rowsAtOnce = 500;
/** More different names within a second than a message can hold are not kept as latest values. */
const maxFieldsAtOnce = 2000;

/**
 * What cannot be written waits, one row for each device. After a crash the last second is missing
 * here and nowhere else: the next message of the device brings it.
 */
export function gatherLatest(at: {
  readonly write: (rows: readonly LatestRow[]) => Promise<void>;
  readonly log: Log;
}): LatestValues {
  let pending = new Map<bigint, DeviceValues>();
  let writing = Promise.resolve();
  let isWriting = false;

  const writeAll = async (): Promise<void> => {
    const taken = pending;
    pending = new Map();
    const devices = [...taken];
    try {
      while (devices.length > 0) {
        await at.write(devices.slice(0, rowsAtOnce).map(toRow));
        devices.splice(0, rowsAtOnce);
      }
    } catch (error) {
      at.log.debug({ event: "latest.waits", devices: devices.length, reason: reasonOf(error) });
      for (const [deviceKey, values] of devices) putBack(pending, deviceKey, values);
    }
  };
  const flush = (): Promise<void> => {
    writing = writing.then(writeAll);
    return writing;
  };
  const timer = setInterval(() => {
    if (isWriting || pending.size === 0) return;
    isWriting = true;
    void flush().then(() => {
      isWriting = false;
    });
  }, flushEveryMs);

  return {
    note: (reading) => noteReading(pending, reading),
    flush,
    stop: () => {
      clearInterval(timer);
      return flush();
    },
  };
}

/** The newest values of these readings, one row for each device. */
export function latestRowsOf(readings: readonly Reading[]): readonly LatestRow[] {
  const devices = new Map<bigint, DeviceValues>();
  for (const reading of readings) noteReading(devices, reading);
  return Array.from(devices, toRow);
}

function noteReading(pending: Map<bigint, DeviceValues>, reading: Reading): void {
  const { deviceKey } = reading.device;
  let device = pending.get(deviceKey);
  if (device === undefined) {
    device = { receivedMicros: 0, fields: new Map() };
    pending.set(deviceKey, device);
  }
  device.receivedMicros = Math.max(device.receivedMicros, reading.receivedMicros);
  const t = Math.floor(reading.tsMicros / 1000);
  for (const name in reading.values) {
    const v = reading.values[name];
    if (typeof v !== "number" && typeof v !== "boolean" && typeof v !== "string") continue;
    if (device.fields.size >= maxFieldsAtOnce && !device.fields.has(name)) continue;
    keepNewer(device.fields, name, v, t);
  }
}

function keepNewer(fields: Map<string, Value>, name: string, v: Value["v"], t: number): void {
  const known = fields.get(name);
  if (known === undefined) {
    fields.set(name, { v, t });
  } else if (t >= known.t) {
    known.v = v;
    known.t = t;
  }
}

function putBack(pending: Map<bigint, DeviceValues>, deviceKey: bigint, older: DeviceValues): void {
  const newer = pending.get(deviceKey);
  if (newer !== undefined) {
    for (const [name, { v, t }] of newer.fields) keepNewer(older.fields, name, v, t);
    older.receivedMicros = Math.max(older.receivedMicros, newer.receivedMicros);
  }
  pending.set(deviceKey, older);
}

function toRow([deviceKey, values]: readonly [bigint, DeviceValues]): LatestRow {
  return {
    device_key: deviceKey.toString(),
    received_at: new Date(values.receivedMicros / 1000).toISOString(),
    fields: Object.fromEntries(values.fields),
  };
}
