import type { InboundMessage } from "#server/ingest/message.ts";
import { pass, refuse, type Stage } from "#server/ingest/stage.ts";

/** Largest payload that is stored, bytes. */
export const maxPayloadBytes = 256 * 1024;

const jsonType = /^application\/json\s*(;|$)/i;

/** Lets through what is telemetry, small enough, and says that it is JSON (or says nothing). */
export function admit(
  message: Pick<InboundMessage, "channel" | "payload" | "contentType">,
): Stage<Buffer> {
  const { channel, payload, contentType } = message;
  if (channel !== "telemetry" && !channel.startsWith("telemetry/")) {
    return refuse(
      "unknown-channel",
      `Nothing is stored from the channel up/${channel.slice(0, 64)}. Publish readings to up/telemetry.`,
    );
  }
  if (payload.length > maxPayloadBytes) {
    return refuse(
      "too-large",
      `The payload has ${payload.length} bytes, the limit is ${maxPayloadBytes}. Send smaller batches.`,
    );
  }
  if (contentType !== undefined && contentType !== "" && !jsonType.test(contentType)) {
    return refuse(
      "content-type",
      `The content type ${contentType.slice(0, 64)} is not understood. Send application/json.`,
    );
  }
  return pass(payload);
}
