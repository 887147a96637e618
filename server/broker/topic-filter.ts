/** Topic names and topic filters, MQTT 5.0 and 3.1.1 §4.7, and shared subscriptions, §4.8.2. */

/**
 * The standard allows 65 535 bytes [MQTT-4.7.3-3] and any number of levels. No contract here needs
 * more than these, and with them a filter of wildcards cannot make matching expensive.
 */
const maxTopicLevels = 32;
const maxTopicBytes = 1_024;

const sharePrefix = "$share/";

/** The two parts of `$share/{group}/{filter}`. */
export type SharedFilter = { readonly group: string; readonly filter: string };

function tooLong(topic: string): boolean {
  if (Buffer.byteLength(topic) > maxTopicBytes) return true;
  let levels = 1;
  for (let at = topic.indexOf("/"); at !== -1; at = topic.indexOf("/", at + 1)) levels += 1;
  return levels > maxTopicLevels;
}

const tooLongProblem = `is longer than ${maxTopicBytes} bytes or ${maxTopicLevels} levels`;

/** What is wrong with a topic name, in words; undefined when nothing is. */
export function topicNameProblem(topic: string): string | undefined {
  // [MQTT-4.7.3-1]
  if (topic === "") return "is empty";
  // [MQTT-3.3.2-2], [MQTT-4.7.1-1]
  if (topic.includes("+") || topic.includes("#")) return "holds a wildcard (+ or #)";
  // [MQTT-4.7.3-2]
  if (topic.includes("\0")) return "holds a null character";
  if (tooLong(topic)) return tooLongProblem;
  return undefined;
}

/** What is wrong with a topic filter, shared or not, in words; undefined when nothing is. */
export function topicFilterProblem(filter: string): string | undefined {
  if (!filter.startsWith(sharePrefix)) return plainFilterProblem(filter);
  const { group, filter: shared } = parts(filter);
  // [MQTT-4.8.2-1]
  if (group === "") return "is a shared subscription without a share name";
  // [MQTT-4.8.2-2]
  if (group.includes("+") || group.includes("#")) return "has a wildcard in its share name";
  if (shared === "") return "is a shared subscription without a topic filter";
  if (Buffer.byteLength(filter) > maxTopicBytes) return tooLongProblem;
  return plainFilterProblem(group) ?? plainFilterProblem(shared);
}

function plainFilterProblem(filter: string): string | undefined {
  // [MQTT-4.7.3-1]
  if (filter === "") return "is empty";
  // [MQTT-4.7.3-2]
  if (filter.includes("\0")) return "holds a null character";
  if (tooLong(filter)) return tooLongProblem;
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

function parts(filter: string): SharedFilter {
  const named = filter.slice(sharePrefix.length);
  const end = named.indexOf("/");
  if (end === -1) return { group: named, filter: "" };
  return { group: named.slice(0, end), filter: named.slice(end + 1) };
}

/**
 * Takes a shared subscription's filter apart [MQTT-4.8.2-1].
 * @param filter without a problem of {@link topicFilterProblem}
 * @returns undefined when the subscription is not shared
 */
export function parseShared(filter: string): SharedFilter | undefined {
  return filter.startsWith(sharePrefix) ? parts(filter) : undefined;
}

/**
 * Whether a filter selects a topic name, [MQTT-4.7.1-2] to [MQTT-4.7.2-1].
 * @param filter without problems, and not shared
 */
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

/**
 * Whether every topic that `filter` can select is selected by `grant`. A grant that begins with a
 * wildcard covers no filter that begins with `$` [MQTT-4.7.2-1].
 * @param grant without problems, and not shared
 * @param filter likewise; of a shared subscription the part behind the share name
 */
export function coversFilter(grant: string, filter: string): boolean {
  if (filter.startsWith("$") && !grant.startsWith("$")) return false;
  const given = levelsOf(grant);
  const wanted = levelsOf(filter);
  for (const [index, level] of given.entries()) {
    if (level === "#") return true;
    const want = wanted[index];
    // A # here selects the parent level as well, which `given` is too long for.
    if (want === undefined || want === "#") return false;
    if (level !== "+" && level !== want) return false;
  }
  return given.length === wanted.length;
}

/**
 * No topic name is empty, so `#` selects the same as `+/#`, and `/#` the same as `/+/#`. In all
 * other places # selects the parent level as well, which is one more topic.
 */
function levelsOf(filter: string): readonly string[] {
  if (filter === "#") return ["+", "#"];
  return filter === "/#" ? ["", "+", "#"] : filter.split("/");
}
