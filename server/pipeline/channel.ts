/** What a message of a channel is: readings for charts, or a document that is kept as it came. */
export type ChannelKind = "telemetry" | "document";

const eventChannel = /^event\/[A-Za-z0-9._:-]{1,64}$/;

/**
 * Sorts a channel, the part of the topic after the device's `up/`.
 * @returns undefined for a channel from which nothing is stored
 */
export function channelKind(channel: string): ChannelKind | undefined {
  if (channel === "telemetry" || channel.startsWith("telemetry/")) return "telemetry";
  if (channel === "state" || channel === "description" || channel === "log") return "document";
  return eventChannel.test(channel) ? "document" : undefined;
}
