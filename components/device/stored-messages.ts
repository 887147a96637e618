import { channelOf, type FieldValue, type StoredMessage } from "#components/device/feed.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { TailMessage } from "#server/services/telemetry/messages.ts";

/** A device's newest messages from the store, newest first. */
export async function readStored(
  deviceId: string,
  signal: AbortSignal,
): Promise<readonly StoredMessage[]> {
  const tail = await readJson<readonly TailMessage[]>(
    `/api/console/devices/${encodeURIComponent(deviceId)}/messages`,
    signal,
  );
  return tail.map(storedMessage);
}

/** A message of the store as the feed takes it. */
export function storedMessage(message: TailMessage): StoredMessage {
  const { at: ts, receivedAt, outcome } = message;
  if (outcome === "dead_lettered") {
    const { topic, detail } = message;
    return { ts, receivedAt, outcome, channel: channelOf(topic), text: detail, values: {} };
  }
  if ("channel" in message) {
    const { channel, text } = message;
    return { ts, receivedAt, outcome, channel, text, values: {} };
  }
  const values = Object.fromEntries(
    Object.entries(message.values).filter((entry): entry is [string, FieldValue] =>
      ["number", "boolean", "string"].includes(typeof entry[1]),
    ),
  );
  const text = JSON.stringify(message.values);
  return { ts, receivedAt, outcome, channel: "telemetry", text, values };
}
