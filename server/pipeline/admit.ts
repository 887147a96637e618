import { channelKind, type ChannelKind } from "#server/pipeline/channel.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { isUnderstood } from "#server/pipeline/decode-payload.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";

/** Largest payload that is stored, bytes. */
export const maxPayloadBytes = 256 * 1024;

const jsonType = /^application\/json\s*(;|$)/i;

/** Whether a message says that it is JSON, or says nothing. */
export function saysJson(contentType: string | undefined): boolean {
  return contentType === undefined || contentType === "" || jsonType.test(contentType);
}

/** Lets through what belongs to a known channel, is small enough and, if it is telemetry, says that it is something we read. */
export function admit(
  message: Pick<InboundMessage, "channel" | "payload" | "contentType">,
): Stage<ChannelKind> {
  const { channel, payload, contentType } = message;
  const kind = channelKind(channel);
  if (kind === undefined) {
    return refuse(
      "unknown-channel",
      `Nothing is stored from the channel up/${channel.slice(0, 64)}. Publish readings to up/telemetry, and others to up/state, up/description, up/event/{name} or up/log.`,
    );
  }
  if (payload.length > maxPayloadBytes) {
    return refuse(
      "too-large",
      `The payload has ${payload.length} bytes, the limit is ${maxPayloadBytes}. Send smaller batches.`,
    );
  }
  if (kind === "telemetry" && !isUnderstood(contentType)) {
    return refuse(
      "content-type",
      `The content type ${contentType?.slice(0, 64)} is not understood. Send application/json, application/cbor, application/senml+json, application/senml+cbor or application/x-protobuf.`,
    );
  }
  return pass(kind);
}
