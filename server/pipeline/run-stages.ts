import { admit } from "#server/pipeline/admit.ts";
import { decode } from "#server/pipeline/decode.ts";
import { documentOf, type DeviceDocument } from "#server/pipeline/document.ts";
import { messageKey, uniqueKey } from "#server/pipeline/message-key.ts";
import type { DeviceIdentity, InboundMessage } from "#server/pipeline/message.ts";
import type { Hash64 } from "#server/pipeline/murmur3.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { readingsOf, type JsonObject, type RawReading } from "#server/pipeline/readings.ts";
import { saneTime, timeFlags } from "#server/pipeline/sane-time.ts";
import { pass, type Stage } from "#server/pipeline/stage.ts";
import { transform, type Placed } from "#server/pipeline/transform.ts";
import { validate } from "#server/pipeline/validate.ts";

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

/** What is written for a message that is stored. */
export type Content = {
  readonly readings: readonly Reading[];
  readonly document: DeviceDocument | undefined;
};

/** A message of which nothing is written, and which is passed on nevertheless. */
export const noContent: Stage<Content> = pass({ readings: [], document: undefined });

/**
 * What happens to a message before its transaction, stage by stage. Pure but for the keys of
 * rows that nothing identifies; they are fixed here, so that a retry writes the same rows.
 */
export function runStages(message: InboundMessage, profile: IngestProfile): Stage<Content> {
  const admitted = admit(message);
  if (!admitted.ok) return admitted;
  // [MQTT-3.3.1-6], [MQTT-3.3.1-7]: it deletes what is retained and says nothing else.
  if (message.retain && message.payload.length === 0) return noContent;
  if (admitted.value === "telemetry") return readingsStage(message, profile);
  const document = documentOf(message, profile);
  return document.ok ? pass({ readings: [], document: document.value }) : document;
}

function readingsStage(message: InboundMessage, profile: IngestProfile): Stage<Content> {
  const decoded = decode(message.payload);
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
  return pass({ readings, document: undefined });
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
