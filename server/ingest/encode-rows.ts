import type { BatchStep } from "#server/db/writer-connection.ts";
import type { DeviceDocument } from "#server/pipeline/document.ts";
import type { InboundClaims } from "#server/ingest/inbound-claims.ts";
import type { AcceptedMessage } from "#server/pipeline/message.ts";
import type { Content, Reading } from "#server/pipeline/run-stages.ts";
import { int64, type RecentKeys } from "#server/ingest/recent-keys.ts";
import type { Stage } from "#server/pipeline/stage.ts";
import { storable } from "#server/pipeline/storable.ts";
import type { CopyEncoder } from "#server/telemetry/copy-encoder.ts";

/** A message and what the stages made of it. */
export type Staged = {
  readonly message: AcceptedMessage;
  readonly result: Stage<Content>;
};

/** Rows of a batch, encoded. */
export type BatchRows = {
  /** Readings; undefined when there are none. */
  readonly copyData: Buffer | undefined;
  /** Index of the message that a row of `copyData` belongs to. */
  readonly messageOfRow: readonly number[];
  /** The reading that a row of `copyData` is. */
  readonly readings: readonly Reading[];
  /** Everything else that devices sent; undefined when there is nothing. */
  readonly documents: BatchStep | undefined;
  /** Messages that are stored whatever becomes of the readings: documents, and those without rows. */
  readonly withoutReadings: readonly number[];
  /** QoS 2 publications that were taken before. */
  readonly repeated: ReadonlySet<number>;
  /** QoS 2 publications whose session has another connection by now. */
  readonly superseded: ReadonlySet<number>;
};

/** Encodes what is new of a batch; what its devices or clients sent before is left out. */
export function encodeRows(
  messages: readonly Staged[],
  at: {
    readonly encoder: CopyEncoder;
    readonly withOrdinal: boolean;
    readonly recent: RecentKeys;
    readonly claims: InboundClaims;
  },
): BatchRows {
  const { encoder, recent, claims } = at;
  const messageOfRow: number[] = [];
  const encoded: Reading[] = [];
  const withoutReadings: number[] = [];
  const left = { repeated: new Set<number>(), superseded: new Set<number>() };
  const documents: DeviceDocument[] = [];
  encoder.start(at.withOrdinal);
  for (const [index, { message, result }] of messages.entries()) {
    const claim = claims.take(message);
    if (claim !== "new") {
      left[claim].add(index);
      continue;
    }
    if (!result.ok) continue;
    const { readings, document } = result.value;
    for (const reading of readings) {
      if (reading.windowed && !recent.take(reading)) continue;
      encoder.add(toRow(reading));
      messageOfRow.push(index);
      encoded.push(reading);
    }
    if (readings.length > 0 || isRepeated(document, recent)) continue;
    if (document !== undefined) documents.push(document);
    withoutReadings.push(index);
  }
  return {
    copyData: messageOfRow.length === 0 ? undefined : encoder.finish(),
    messageOfRow,
    readings: encoded,
    documents: documents.length === 0 ? undefined : keepDocuments(documents),
    withoutReadings,
    ...left,
  };
}

function isRepeated(document: DeviceDocument | undefined, recent: RecentKeys): boolean {
  return document?.windowed === true && !recent.take(document);
}

function toRow(reading: Reading): Parameters<CopyEncoder["add"]>[0] {
  return {
    deviceKey: reading.device.deviceKey,
    tsMicros: reading.tsMicros,
    receivedMicros: reading.receivedMicros,
    key: reading.key,
    schemaId: reading.schema.schemaId,
    flags: reading.flags,
    cells: reading.placed.cells,
    extra: reading.placed.extra,
  };
}

function keepDocuments(documents: readonly DeviceDocument[]): BatchStep {
  const rows = documents.map(({ device, channel, contentType, payload, key, ...times }) => ({
    device_key: device.deviceKey.toString(),
    received_at: new Date(times.receivedMicros / 1000).toISOString(),
    ts: new Date(times.tsMicros / 1000).toISOString(),
    message_key: int64(key).toString(),
    channel,
    content_type: contentType === undefined ? null : storable(contentType.slice(0, 256)),
    payload: payload.toString("base64"),
  }));
  return { statement: "keepDocuments", parameters: [JSON.stringify(rows)] };
}
