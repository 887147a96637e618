import { admit } from "#server/ingest/admit.ts";
import { decode } from "#server/ingest/decode.ts";
import { messageKey, uniqueKey } from "#server/ingest/message-key.ts";
import type { DeviceIdentity, InboundMessage } from "#server/ingest/message.ts";
import type { Hash64 } from "#server/ingest/murmur3.ts";
import type { IngestProfile } from "#server/ingest/profile.ts";
import { readingsOf, type JsonObject, type RawReading } from "#server/ingest/readings.ts";
import { saneTime, timeFlags } from "#server/ingest/sane-time.ts";
import { pass, type Stage } from "#server/ingest/stage.ts";
import { transform, type Placed } from "#server/ingest/transform.ts";
import { validate } from "#server/ingest/validate.ts";

/** One row of `telemetry.reading` before it is encoded. Times are epoch microseconds. */
export type Reading = {
  readonly device: DeviceIdentity;
  readonly profile: IngestProfile;
  readonly tsMicros: number;
  readonly receivedMicros: number;
  readonly key: Hash64;
  readonly flags: number;
  /** Without a usable time of its own: a retransmission is found in the window of recent keys. */
  readonly windowed: boolean;
  readonly values: JsonObject;
  readonly placed: Placed;
};

/**
 * What happens to a message before its transaction, stage by stage. Pure but for the keys of
 * readings that nothing identifies; they are fixed here, so that a retry writes the same rows.
 */
export function runStages(
  message: InboundMessage,
  profile: IngestProfile,
): Stage<readonly Reading[]> {
  const admitted = admit(message);
  if (!admitted.ok) return admitted;
  const decoded = decode(admitted.value);
  if (!decoded.ok) return decoded;
  const found = readingsOf(decoded.value, message);
  if (!found.ok) return found;

  const isArray = Array.isArray(decoded.value);
  // A time beside the payload is part of what was sent, so the payload alone does not identify it.
  const isWhole = !isArray && message.ts === undefined;
  const readings: Reading[] = [];
  for (const raw of found.value) {
    const validated = validate(raw, profile);
    if (!validated.ok) return inBatch(validated, isArray, readings.length);
    const placed = transform(raw.values, profile);
    if (!placed.ok) return inBatch(placed, isArray, readings.length);
    readings.push(toReading(message, profile, raw, placed.value, isWhole));
  }
  return pass(readings);
}

function inBatch<T extends { readonly detail: string }>(
  refusal: T,
  isArray: boolean,
  index: number,
): T {
  return isArray ? { ...refusal, detail: `Reading ${index}: ${refusal.detail}` } : refusal;
}

function toReading(
  message: InboundMessage,
  profile: IngestProfile,
  raw: RawReading,
  placed: Placed,
  isWholePayload: boolean,
): Reading {
  const { receivedAt } = message;
  const { maxPastMs, maxFutureMs } = profile;
  const time = saneTime({ ts: raw.ts, receivedAt, maxPastMs, maxFutureMs });
  const key = messageKey(raw, message.payload, isWholePayload);
  return {
    device: message.device,
    profile,
    tsMicros: time.micros,
    receivedMicros: Math.round(receivedAt * 1000),
    key: key ?? uniqueKey(),
    flags: time.flags,
    windowed: time.flags !== timeFlags.none && key !== undefined,
    values: raw.values,
    placed,
  };
}
