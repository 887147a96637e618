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
};

/** Keeps a refused message with its bytes and the reason. */
export function deadLetterOf(message: InboundMessage, refusal: Refusal): DeadLetter {
  const { device } = message;
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
    reason: refusal.reason,
    detail: storable(refusal.detail),
    payload: message.payload.toString("base64"),
  };
}
