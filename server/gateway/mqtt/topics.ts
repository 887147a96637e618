/** The topics of a device; topic names and filters as such: topic-filter.ts. */

/** The topics of one device: it publishes below `up` and subscribes below `down`. */
export type DeviceTopics = {
  readonly up: string;
  readonly down: string;
  /** Where the device is told what became of a message that was not stored. */
  readonly error: string;
};

/** @param deviceId checked against the pattern before, so it holds no separator and no wildcard */
export function deviceTopics(deviceId: string): DeviceTopics {
  const root = `qs/v1/d/${deviceId}/`;
  return { up: `${root}up/`, down: `${root}dn/`, error: `${root}dn/error` };
}

/** The channel below the device's own `up/`, or undefined when the device may not publish there. */
export function channelOf(topics: DeviceTopics, topic: string): string | undefined {
  if (!topic.startsWith(topics.up) || topic.length === topics.up.length) return undefined;
  return topic.slice(topics.up.length);
}
