import { admit } from "#server/pipeline/admit.ts";
import { bindingFor, namedVersion, versionFor } from "#server/pipeline/choose-schema.ts";
import { decodePayload } from "#server/pipeline/decode-payload.ts";
import { documentOf, type DeviceDocument } from "#server/pipeline/document.ts";
import { readingFlag, wayFlags } from "#server/pipeline/flags.ts";
import { messageKey, uniqueKey } from "#server/pipeline/message-key.ts";
import type { DeviceIdentity, InboundMessage } from "#server/pipeline/message.ts";
import type { Hash64 } from "#server/pipeline/murmur3.ts";
import type { BoundSchema, IngestProfile, Processing } from "#server/pipeline/profile.ts";
import { readingsOf, type JsonObject, type RawReading } from "#server/pipeline/readings.ts";
import { saneTime, timeFlags } from "#server/pipeline/sane-time.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";
import { transform, type Placed } from "#server/pipeline/transform.ts";
import { placeIn, validate } from "#server/pipeline/validate.ts";

/** One row of `telemetry.reading` before it is encoded. Times are epoch microseconds. */
export type Reading = {
  readonly device: DeviceIdentity;
  readonly profile: IngestProfile;
  readonly schema: BoundSchema;
  readonly tsMicros: number;
  readonly receivedMicros: number;
  readonly key: Hash64;
  /** Bits of {@link readingFlag}. */
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
  /** Its schema version drops all of its readings. */
  readonly filtered?: true;
};

/** A message of which nothing is written, and which is passed on nevertheless. */
export const noContent: Stage<Content> = pass({ readings: [], document: undefined });

const allFiltered: Stage<Content> = pass({ readings: [], document: undefined, filtered: true });

/**
 * What happens to a message before its transaction, stage by stage. Pure but for the keys of
 * rows that nothing identifies; they are fixed here, so that a retry writes the same rows.
 * @param rewrite changes the values of each reading before they are judged, for replays
 */
export function runStages(
  message: InboundMessage,
  profile: IngestProfile,
  rewrite?: Processing,
): Stage<Content> {
  const { refused } = message;
  if (refused !== undefined) return refuse(refused.reason, refused.detail);
  const admitted = admit(message);
  if (!admitted.ok) return admitted;
  if (message.device.state === "quarantined") return keptApart(message);
  // [MQTT-3.3.1-6], [MQTT-3.3.1-7]: it deletes what is retained and says nothing else.
  if (message.retain && message.payload.length === 0) return noContent;
  if (admitted.value === "telemetry") return readingsStage(message, profile, rewrite);
  const document = documentOf(message, profile);
  return document.ok ? pass({ readings: [], document: document.value }) : document;
}

/** Nothing of a device in quarantine is stored, retained or passed on; approving it replays what it sent. */
function keptApart(message: InboundMessage): Stage<never> {
  const { deviceId } = message.device;
  const detail = `The device ${deviceId} is in quarantine: what it sends is kept apart until somebody approves it.`;
  return { ...refuse("in-quarantine", detail), quarantined: true };
}

function readingsStage(
  message: InboundMessage,
  profile: IngestProfile,
  rewrite: Processing | undefined,
): Stage<Content> {
  const bound = versionFor(bindingFor(profile, message), message.device);
  const said = namedVersion(message.schema, bound, profile);
  if (!said.ok) return located(said, bound, message.ts);
  const decoded = decodePayload(message, said.value);
  if (!decoded.ok) return located(decoded, said.value, message.ts);
  const found = readingsOf(decoded.value, message);
  if (!found.ok) return located(found, said.value, message.ts);

  const isArray = Array.isArray(decoded.value);
  const way = wayFlags(message.transport, message.qos) | (isArray ? readingFlag.inArray : 0);
  // A time beside the payload is part of what was sent, so the payload alone does not identify it.
  const isWhole = !isArray && message.ts === undefined;
  const context: Context = { message, profile, bound: said.value, way, isWhole, rewrite };
  const readings: Reading[] = [];
  for (const [index, raw] of found.value.entries()) {
    const reading = readingStage(raw, context);
    if (!reading.ok) return inBatch(reading, isArray, index);
    if (reading.value !== "filtered") readings.push(reading.value);
  }
  return readings.length === 0 ? allFiltered : pass({ readings, document: undefined });
}

type Context = {
  readonly message: InboundMessage;
  readonly profile: IngestProfile;
  /** The version of readings that name none. */
  readonly bound: BoundSchema;
  readonly way: number;
  readonly isWhole: boolean;
  readonly rewrite: Processing | undefined;
};

/** One reading through its schema version: named, valid, processed, placed. */
function readingStage(raw: RawReading, at: Context): Stage<Reading | "filtered"> {
  const version = namedVersion(raw.schema, at.bound, at.profile);
  if (!version.ok) return located(version, at.bound, raw.ts);
  const schema = version.value;
  const rewritten = at.rewrite?.(raw.values, deviceContext(at.message.device));
  if (rewritten?.ok === false) return located(rewritten, schema, raw.ts);
  if (rewritten?.value === "filtered") return pass("filtered");
  const given = rewritten === undefined ? raw : { ...raw, values: rewritten.value };
  const made = processStage(given, schema, at.message.device);
  if (!made.ok) return located(made, schema, raw.ts);
  // What was sent identifies it, whatever became of that.
  return made.value === "filtered" ? pass("filtered") : pass(toReading(raw, at, made.value));
}

type Made = Pick<Reading, "schema" | "values" | "placed">;

function processStage(
  raw: RawReading,
  schema: BoundSchema,
  device: DeviceIdentity,
): Stage<Made | "filtered"> {
  const validated = validate(raw, schema);
  if (!validated.ok) return validated;
  const processed = schema.process?.(raw.values, deviceContext(device));
  if (processed?.ok === false) return processed;
  if (processed?.value === "filtered") return pass("filtered");
  const values = processed === undefined ? raw.values : processed.value;
  const placed = transform(values, schema);
  return placed.ok ? pass({ schema, values, placed: placed.value }) : placed;
}

/** What expressions and enrichment see of the device. */
function deviceContext(device: DeviceIdentity): Readonly<Record<string, unknown>> {
  return { ...device.attributes, id: device.deviceId };
}

/** A refusal with what its dead letter is grouped and ordered by. */
function located(refusal: Refusal, schema: BoundSchema, ts: number | undefined): Refusal {
  const at = refusal.at ?? placeIn(schema);
  return ts === undefined ? { ...refusal, at } : { ...refusal, at, eventMs: ts };
}

function inBatch(refusal: Refusal, isArray: boolean, index: number): Refusal {
  return isArray ? { ...refusal, detail: `Reading ${index}: ${refusal.detail}` } : refusal;
}

function toReading(
  raw: RawReading,
  { message, profile, way, isWhole }: Context,
  made: Made,
): Reading {
  const { receivedAt } = message;
  const { maxPastMs, maxFutureMs, lateMs } = profile;
  const time = saneTime({ ts: raw.ts, receivedAt, maxPastMs, maxFutureMs });
  const key = messageKey(raw, message.payload, isWhole);
  const isSane = time.flags === timeFlags.none;
  const isLate = isSane && receivedAt * 1000 - time.micros > lateMs * 1000;
  return {
    device: message.device,
    profile,
    ...made,
    tsMicros: time.micros,
    receivedMicros: Math.round(receivedAt * 1000),
    key: key ?? uniqueKey(),
    flags: time.flags | way | (isLate ? readingFlag.late : 0),
    windowed: !isSane && key !== undefined,
  };
}
