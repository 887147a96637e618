import type { DataCategory } from "#server/domain/data-category.ts";
import { fingerprintOf } from "#server/pipeline/fingerprint.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import type { Refusal } from "#server/pipeline/stage.ts";
import { storable } from "#server/pipeline/storable.ts";

/** A row of `dead_letter` as the statement takes it. */
export type DeadLetter = {
  readonly tenant_id: string;
  readonly device_key: string;
  readonly device_id: string;
  readonly profile_id: string;
  readonly received_at: string;
  readonly transport: string;
  readonly topic: string;
  readonly qos: number;
  readonly message_id: string | null;
  readonly reason: string;
  readonly detail: string;
  /** Base64. */
  readonly payload: string;
  readonly fingerprint: string;
  readonly schema_id: number | null;
  readonly path: string;
  readonly error_kind: string;
  readonly category: DataCategory;
  readonly channel: string;
  readonly content_type: string | null;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly event_at: string;
};

/** What is true of the cause, and the same for every letter of it. */
export type CauseColumns = Pick<
  DeadLetter,
  "reason" | "detail" | "fingerprint" | "schema_id" | "path" | "error_kind" | "category"
>;

/** @returns the columns that say why */
export function causeOf(profileId: string, refusal: Refusal): CauseColumns {
  const { at, reason } = refusal;
  // Member names in a pointer come from the payload.
  const path = storable((at?.path ?? "").slice(0, 256));
  const kind = storable((at?.kind ?? "").slice(0, 128));
  const schemaName = at?.schemaName ?? "";
  return {
    reason,
    detail: storable(refusal.detail),
    fingerprint: fingerprintOf({ profileId, reason, schemaName, path, kind }),
    schema_id: at?.schemaId ?? null,
    path,
    error_kind: kind,
    category: at?.category ?? "telemetry",
  };
}

/** Keeps a refused message with its bytes, what came beside them, and the reason. */
export function deadLetterOf(message: InboundMessage, refusal: Refusal): DeadLetter {
  const { device, contentType } = message;
  return {
    tenant_id: device.tenantId,
    device_key: device.deviceKey.toString(),
    device_id: device.deviceId,
    profile_id: device.profileId,
    received_at: new Date(message.receivedAt).toISOString(),
    transport: message.transport,
    topic: storable(message.topic),
    qos: message.qos,
    message_id: message.id === undefined ? null : storable(message.id),
    payload: message.payload.toString("base64"),
    channel: storable(message.channel),
    content_type: contentType === undefined ? null : storable(contentType.slice(0, 256)),
    properties: propertiesOf(message),
    event_at: new Date(eventTime(message.receivedAt, refusal.eventMs)).toISOString(),
    ...causeOf(device.profileId, refusal),
  };
}

/** What came beside the payload, for a replay; a time that is no number is left out. */
function propertiesOf(message: InboundMessage): DeadLetter["properties"] {
  const { id, ts, seq, schema } = message;
  return {
    ...(id !== undefined && { id: storable(id) }),
    ...(ts !== undefined && Number.isFinite(ts) && { ts }),
    ...(seq !== undefined && { seq: storable(seq) }),
    ...(schema !== undefined && { schema: storable(schema) }),
  };
}

const furthestMs = 100 * 366 * 86_400_000;

/** The device's time where it is one at all: replays put letters in this order. */
function eventTime(receivedAt: number, eventMs: number | undefined): number {
  if (eventMs === undefined || !Number.isFinite(eventMs)) return receivedAt;
  return Math.abs(eventMs - receivedAt) > furthestMs ? receivedAt : eventMs;
}
