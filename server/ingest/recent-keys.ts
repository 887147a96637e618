import type { BatchStep } from "#server/db/writer-connection.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Hash64 } from "#server/pipeline/murmur3.ts";
import type { Content } from "#server/pipeline/run-stages.ts";
import type { Stage } from "#server/pipeline/stage.ts";

/** A row whose retransmission is found in the window of recent keys. */
type Windowed = {
  readonly device: DeviceIdentity;
  readonly key: Hash64;
  readonly receivedMicros: number;
};

/** A 64-bit key as PostgreSQL's bigint. */
export function int64({ hi, lo }: Hash64): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

/** As `claimRecent` returns it. */
function nameOf(row: Windowed): string {
  return `${row.device.deviceKey}:${int64(row.key)}`;
}

/** Asks which keys of the batch are new in the window; undefined when nothing depends on it. */
export function askRecentKeys(
  messages: readonly { readonly result: Stage<Content> }[],
): BatchStep | undefined {
  const rows = new Map<string, Windowed>();
  for (const { result } of messages) {
    if (!result.ok) continue;
    const { readings, document } = result.value;
    for (const reading of readings) if (reading.windowed) rows.set(nameOf(reading), reading);
    if (document?.windowed === true) rows.set(nameOf(document), document);
  }
  if (rows.size === 0) return undefined;
  const asked = [...rows.values()].map(({ device, key, receivedMicros }) => ({
    device_key: device.deviceKey.toString(),
    message_key: int64(key).toString(),
    received_at: new Date(receivedMicros / 1000).toISOString(),
  }));
  return { statement: "claimRecent", parameters: [JSON.stringify(asked)] };
}

/** Keys that were new when the batch began. */
export class RecentKeys {
  readonly #fresh: Set<string>;

  /** @param answer of {@link askRecentKeys}' step; empty when nothing was asked */
  constructor(answer: readonly string[]) {
    this.#fresh = new Set(answer);
  }

  /** The first row with a key that was not seen before is stored, the others repeat it. */
  take(row: Windowed): boolean {
    return this.#fresh.delete(nameOf(row));
  }
}
