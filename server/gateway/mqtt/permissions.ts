/**
 * Who may publish and subscribe where. Everything else is refused. Routing is per tenant, so what is
 * allowed here never reaches another tenant's clients.
 */
import { coversFilter, matchesTopic, parseShared } from "#server/broker/topic-filter.ts";
import { isDeviceId } from "#server/domain/device-id.ts";
import { renewalChannel } from "#server/domain/renewal-topics.ts";
import { readAzureEvent, type AzureEvent } from "#server/gateway/azure-events.ts";
import type { EnrolmentDoor } from "#server/gateway/enrol/dialect.ts";
import { doorTo, enrolmentRemedy, mayHear } from "#server/gateway/enrol/faces.ts";
import { channelOf, deviceTopics } from "#server/gateway/mqtt/topics.ts";
import type { Principal, ServicePrincipal } from "#server/gateway/identify/principal.ts";

/** A publication that is allowed; `channel` is what follows the device's own `up/`. */
export type Permission =
  | { readonly kind: "channel"; readonly channel: string }
  /** For a device behind the client; whether it is there is asked when the message comes. */
  | { readonly kind: "child"; readonly childId: string; readonly channel: string }
  | { readonly kind: "relay" }
  /** Telemetry as Azure's SDKs publish it. */
  | { readonly kind: "event"; readonly event: AzureEvent }
  /** A device has its certificate renewed. */
  | { readonly kind: "renew" }
  /** A device asks to be enrolled. */
  | { readonly kind: "enrol"; readonly door: EnrolmentDoor };

/** What devices say is told by their credentials alone, so nobody else may say it. */
const saidByDevices = `${deviceTopics("+").up}#`;
const relay: Permission = { kind: "relay" };
const renew: Permission = { kind: "renew" };

/**
 * @param topic without a problem of `topicNameProblem`
 * @returns undefined when the principal may not publish there
 */
export function mayPublish(principal: Principal, topic: string): Permission | undefined {
  if (principal.kind === "service") return mayRelay(principal, topic) ? relay : undefined;
  if (principal.kind === "enrolment") {
    const door = doorTo(principal, topic);
    return door === undefined ? undefined : { kind: "enrol", door };
  }
  const { deviceId } = principal.device;
  const channel = channelOf(deviceTopics(deviceId), topic);
  if (channel === undefined) {
    const event = readAzureEvent(deviceId, topic);
    return event === undefined ? undefined : { kind: "event", event };
  }
  if (channel === renewalChannel) return renew;
  return childChannel(channel) ?? { kind: "channel", channel };
}

const ofChild = /^child\/([^/]+)\/(.+)$/s;

function childChannel(channel: string): Permission | undefined {
  const [, childId = "", below = ""] = ofChild.exec(channel) ?? [];
  return isDeviceId(childId) ? { kind: "child", childId, channel: below } : undefined;
}

function mayRelay({ grants }: ServicePrincipal, topic: string): boolean {
  // [MQTT-4.7.2-1]: topics that begin with $ belong to the server.
  if (topic.startsWith("$") || matchesTopic(saidByDevices, topic)) return false;
  return grants.some(({ mayPublish: may, filter }) => may && matchesTopic(filter, topic));
}

/**
 * Whether everything that a filter can select may be read.
 * @param filter without a problem of `topicFilterProblem`, shared or not
 */
export function maySubscribe(principal: Principal, filter: string): boolean {
  if (principal.kind === "enrolment") return mayHear(principal, filter);
  const plain = parseShared(filter)?.filter ?? filter;
  if (principal.kind === "device") {
    const { down } = deviceTopics(principal.device.deviceId);
    return plain.startsWith(down) && plain.length > down.length;
  }
  // Only those who operate the installation see what the server says of itself.
  if (plain.startsWith("$") && !principal.operator) return false;
  return principal.grants.some((grant) => grant.maySubscribe && coversFilter(grant.filter, plain));
}

/**
 * Whether a message may still go to the principal. Its subscriptions were judged when they were
 * made; what was queued while it was away may be of one that it may not have any more.
 */
export function mayReceive(principal: Principal, topic: string): boolean {
  if (principal.kind !== "service") return true;
  return principal.grants.some(
    ({ maySubscribe: may, filter }) => may && matchesTopic(filter, topic),
  );
}

/** What the principal should do instead, in words. */
export function remedyFor(
  principal: Principal,
  wish: "publish" | "subscribe",
  topic: string,
): string {
  if (principal.kind === "enrolment") return enrolmentRemedy(principal, wish);
  if (principal.kind === "device") {
    const { up, down } = deviceTopics(principal.device.deviceId);
    return wish === "publish"
      ? `Publish below ${up}.`
      : `Subscribe to ${down}# or to topics below it.`;
  }
  if (wish === "publish" && matchesTopic(saidByDevices, topic)) {
    return "Only the device itself may publish there. Publish to another topic, for example below the device's dn/.";
  }
  if (topic.startsWith("$") && (wish === "publish" || !principal.operator)) {
    return "Topics that begin with $ are the server's own; use another topic.";
  }
  return `Grant it to ${principal.name} on the page of service clients, or use a topic that it was granted.`;
}
