import { saysJson } from "#server/pipeline/admit.ts";
import { decode } from "#server/pipeline/decode.ts";
import { documentKey, uniqueKey } from "#server/pipeline/message-key.ts";
import type { DeviceIdentity, InboundMessage } from "#server/pipeline/message.ts";
import type { Hash64 } from "#server/pipeline/murmur3.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { readMetadata } from "#server/pipeline/readings.ts";
import { saneTime } from "#server/pipeline/sane-time.ts";
import { pass, type Stage } from "#server/pipeline/stage.ts";

/** One row of `telemetry.device_message`: a state, description, event or log. Times are epoch microseconds. */
export type DeviceDocument = {
  readonly device: DeviceIdentity;
  readonly channel: string;
  /** Undefined where the device named none. */
  readonly contentType: string | undefined;
  readonly payload: Buffer;
  readonly tsMicros: number;
  readonly receivedMicros: number;
  readonly key: Hash64;
  /** It came with an id or a sequence number: a retransmission is found in the window of recent keys. */
  readonly windowed: boolean;
};

/** Channels of which other parts read members; events and logs may be any bytes. */
function isStructured(channel: string): boolean {
  return channel === "state" || channel === "description";
}

/** Makes the row of a message that is kept as it came; states and descriptions must be the JSON they say they are. */
export function documentOf(message: InboundMessage, profile: IngestProfile): Stage<DeviceDocument> {
  const { channel, contentType, payload, receivedAt } = message;
  if (isStructured(channel) && saysJson(contentType)) {
    const decoded = decode(payload);
    if (!decoded.ok) return decoded;
  }
  const metadata = readMetadata(message, "The message");
  if (!metadata.ok) return metadata;
  const { id, seq, ts } = metadata.value;
  const { maxPastMs, maxFutureMs } = profile;
  const key = documentKey(channel, { id, seq });
  return pass({
    device: message.device,
    channel,
    contentType: contentType === "" ? undefined : contentType,
    payload,
    tsMicros: saneTime({ ts, receivedAt, maxPastMs, maxFutureMs }).micros,
    receivedMicros: Math.round(receivedAt * 1000),
    key: key ?? uniqueKey(),
    windowed: key !== undefined,
  });
}
