import { isUtf8 } from "node:buffer";
import type { LiveTailMessage } from "#server/domain/live.ts";
import type { LiveBus } from "#server/live/bus.ts";
import type { AcceptedMessage, InboundMessage, Settlement } from "#server/pipeline/message.ts";

/** What of a payload a tail shows. */
const shownBytes = 2048;
const controlCharacters = /(?![\t\n\r])\p{Cc}/u;
/** An id in an envelope, as devices write it; good enough for a link, and nothing else rests on it. */
const envelopeId = /"id"\s*:\s*"([^"\\]{1,64})"/;

/** Offers a settled message to those who watch its tenant's messages. Called when somebody does. */
export function offerTail(live: LiveBus, message: AcceptedMessage, settlement: Settlement): void {
  const { outcome } = settlement;
  if (message.device !== undefined) {
    const { device, topic, payload } = message;
    const { deviceKey, profileId, tenantId } = device;
    live.offerTail(tenantId, { deviceKey, profileId, outcome, topic, payload }, () => ({
      ...common(payload, settlement),
      ...ofDevice(message),
    }));
    return;
  }
  const { client, publication, transport, tenantId } = message;
  const { topic, payload, receivedAt, qos } = publication;
  const unknown = { deviceKey: undefined, profileId: undefined };
  live.offerTail(tenantId, { ...unknown, outcome, topic, payload }, () => ({
    ...common(payload, settlement),
    deviceKey: null,
    sender: client.name,
    profileId: null,
    receivedAt,
    transport,
    qos,
    topic,
    id: null,
    contentType: null,
  }));
}

type Common = Pick<LiveTailMessage, "outcome" | "reason" | "detail" | "size" | "payload">;

function common(payload: Buffer, settlement: Settlement): Common {
  const isRefused = settlement.outcome === "dead_lettered" || settlement.outcome === "rejected";
  return {
    outcome: settlement.outcome,
    reason: isRefused ? settlement.reason : null,
    detail: isRefused ? settlement.detail : null,
    size: payload.length,
    payload: readable(payload),
  };
}

function ofDevice(message: InboundMessage): Omit<LiveTailMessage, keyof Common> {
  const { device, receivedAt, transport, qos, topic, id, contentType, payload } = message;
  return {
    deviceKey: device.deviceKey.toString(),
    sender: device.deviceId,
    profileId: device.profileId,
    receivedAt,
    transport,
    qos,
    topic,
    id: id ?? envelopeId.exec(payload.toString("utf8", 0, shownBytes))?.[1] ?? null,
    contentType: contentType ?? null,
  };
}

/** Text where the bytes are readable text, lower-case hex where they are not. */
function readable(payload: Buffer): LiveTailMessage["payload"] {
  const isCut = payload.length > shownBytes;
  const bytes = payload.subarray(0, isCut ? endOfCharacter(payload, shownBytes) : payload.length);
  if (isUtf8(bytes)) {
    const content = bytes.toString("utf8");
    if (!controlCharacters.test(content)) return { as: "text", content, isCut };
  }
  return { as: "hex", content: payload.toString("hex", 0, shownBytes / 2), isCut };
}

/** The cut before `most` that does not halve a character of UTF-8. */
function endOfCharacter(payload: Buffer, most: number): number {
  let end = most;
  while (end > most - 4 && ((payload[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
