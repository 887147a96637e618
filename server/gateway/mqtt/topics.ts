/** Topic names and filters, MQTT 5.0 and 3.1.1 §4.7, and what a device may do with them. */

/** Levels below which no channel of the device contract lies; deeper names are refused. */
const maxLevels = 32;
const maxTopicBytes = 1_024;

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

function tooLong(topic: string): boolean {
  if (Buffer.byteLength(topic) > maxTopicBytes) return true;
  let levels = 1;
  for (let at = topic.indexOf("/"); at !== -1; at = topic.indexOf("/", at + 1)) levels += 1;
  return levels > maxLevels;
}

/** What is wrong with a topic name, in words; undefined when nothing is. */
export function topicNameProblem(topic: string): string | undefined {
  // [MQTT-4.7.3-1]
  if (topic === "") return "is empty";
  // [MQTT-3.3.2-2], [MQTT-4.7.1-1]
  if (topic.includes("+") || topic.includes("#")) return "holds a wildcard (+ or #)";
  // [MQTT-4.7.3-2]
  if (topic.includes("\0")) return "holds a null character";
  if (tooLong(topic)) return `is longer than ${maxTopicBytes} bytes or ${maxLevels} levels`;
  return undefined;
}

/** What is wrong with a topic filter, in words; undefined when nothing is. */
export function topicFilterProblem(filter: string): string | undefined {
  // [MQTT-4.7.3-1]
  if (filter === "") return "is empty";
  // [MQTT-4.7.3-2]
  if (filter.includes("\0")) return "holds a null character";
  if (tooLong(filter)) return `is longer than ${maxTopicBytes} bytes or ${maxLevels} levels`;
  const levels = filter.split("/");
  for (const [index, level] of levels.entries()) {
    // [MQTT-4.7.1-2]
    if (level.includes("#") && (level !== "#" || index !== levels.length - 1)) {
      return "has a # that is not alone in the last level";
    }
    // [MQTT-4.7.1-3]
    if (level.includes("+") && level !== "+") return "has a + that is not alone in its level";
  }
  return undefined;
}

/** Whether a filter without problems selects a topic name, [MQTT-4.7.1-2] to [MQTT-4.7.2-1]. */
export function matchesTopic(filter: string, topic: string): boolean {
  // [MQTT-4.7.2-1]
  if (topic.startsWith("$") && !filter.startsWith("$")) return false;
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [index, level] of wanted.entries()) {
    // Also the parent level itself, [MQTT-4.7.1-2].
    if (level === "#") return true;
    if (index >= levels.length) return false;
    if (level !== "+" && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}

/** The channel below the device's own `up/`, or undefined when the device may not publish there. */
export function channelOf(topics: DeviceTopics, topic: string): string | undefined {
  if (!topic.startsWith(topics.up) || topic.length === topics.up.length) return undefined;
  return topic.slice(topics.up.length);
}

/** Whether everything that a filter can select lies below the device's own `dn/`. */
export function maySubscribe(topics: DeviceTopics, filter: string): boolean {
  return filter.startsWith(topics.down) && filter.length > topics.down.length;
}

/** [MQTT-4.8.2-1]: `$share/{name}/{filter}`. */
export function isSharedFilter(filter: string): boolean {
  return filter.startsWith("$share/") || filter === "$share";
}
