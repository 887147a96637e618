/**
 * PUBLISH, §3.3, step by step: is it sound, was it received before, does the client keep its window,
 * may it publish there. Only then does the publication go to the pipeline, which settles it after
 * the commit (settle.ts): an acknowledgement means stored.
 */
import type { Publication } from "#server/broker/publication.ts";
import type { SessionHandle } from "#server/broker/session-store.ts";
import { handleEnrolment } from "#server/gateway/enrol/handle-request.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuse } from "#server/gateway/mqtt/ending.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { withChild } from "#server/gateway/mqtt/packets/publish-child.ts";
import { metadataOf } from "#server/gateway/mqtt/packets/publish-metadata.ts";
import { readPublish, type ReadPublish } from "#server/gateway/mqtt/packets/read-publish.ts";
import { refusePublish } from "#server/gateway/mqtt/packets/refuse-publish.ts";
import { handleRenewal } from "#server/gateway/renew/handle-renewal.ts";
import type { AzureEvent } from "#server/gateway/azure-events.ts";
import type { ChildJudgement } from "#server/gateway/identify/judge-child.ts";
import type { DevicePrincipal } from "#server/gateway/identify/principal.ts";
import type { Permission } from "#server/gateway/mqtt/permissions.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { answerInTurn, pubrecAgain } from "#server/gateway/mqtt/settle.ts";
import { deviceTopics } from "#server/gateway/mqtt/topics.ts";
import type { AcceptedMessage, InboundClaim, InboundMessage } from "#server/pipeline/message.ts";

/** @returns false when no further packet may be handled now */
export function handlePublish(connection: Connection, session: Session): boolean {
  connection.publishes += 1;
  connection.gateway.counters.publishesReceived += 1;

  const packet = readPublish(connection, session);
  if (packet === undefined) return false;

  if (packet.qos === 2 && session.inbound.ids.has(packet.packetId)) {
    repeat(connection, session, packet.packetId);
    return true;
  }
  if (packet.qos > 0 && session.version === 5 && isBeyondWindow(session)) {
    refuseWindow(connection, session);
    return false;
  }
  const { permission } = packet.topic;
  if (permission === undefined) return refusePublish(connection, session, packet);

  return take(connection, session, packet, permission);
}

/** Says whose message it is: the device's own, that of a child behind it, or a service client's. */
function take(
  connection: Connection,
  session: Session,
  packet: ReadPublish,
  permission: Permission,
): boolean {
  const { principal, turn } = session;
  if (permission.kind === "enrol") {
    const mayAsk = principal.kind === "enrolment" && turn !== undefined;
    const seat = mayAsk ? { connection, session, principal, turn } : undefined;
    return seat === undefined || handleEnrolment(seat, packet, permission.door);
  }
  if (principal.kind === "device") {
    return takeOfDevice({ connection, session, principal }, packet, permission);
  }
  accept(connection, session, packet);
  return true;
}

/** What a device publishes, as the topic has it. */
function takeOfDevice(
  seat: {
    readonly connection: Connection;
    readonly session: Session;
    readonly principal: DevicePrincipal;
  },
  packet: ReadPublish,
  permission: Permission,
): boolean {
  const { connection, session, principal } = seat;
  const { device } = principal;
  switch (permission.kind) {
    case "renew":
      return handleRenewal(seat, packet);
    case "child": {
      const { childId } = permission;
      return withChild(connection, session, { gateway: device, childId }, (judged) =>
        accept(connection, session, packet, saidOfChild(principal, permission, judged)),
      );
    }
    case "event":
      accept(connection, session, packet, saidByEvent(principal, permission.event));
      return true;
    case "channel":
      accept(connection, session, packet, { device, channel: permission.channel });
      return true;
    case "relay":
    case "enrol":
      throw new Error("A device neither relays nor enrols.");
  }
}

/** Of a device's message: whose it is, and what the listener found out about it. */
type Said = Pick<
  InboundMessage,
  "device" | "gateway" | "channel" | "refused" | "id" | "contentType"
> & {
  /** Where the topic says it otherwise than the contract has it. */
  readonly topic?: string;
  readonly forwarded?: Buffer;
};

/** Subscribers find it where they find the telemetry of all devices. */
function saidByEvent({ device }: DevicePrincipal, event: AzureEvent): Said {
  const channel = "telemetry";
  return { ...event, device, channel, topic: `${deviceTopics(device.deviceId).up}${channel}` };
}

/** What is refused is kept as a dead letter of the gateway, which is the one that said it. */
function saidOfChild(
  { device }: DevicePrincipal,
  { childId, channel }: Extract<Permission, { readonly kind: "child" }>,
  judged: ChildJudgement,
): Said {
  if (judged.device !== undefined) return { device: judged.device, gateway: device, channel };
  return { device, channel: `child/${childId}/${channel}`, refused: judged.refused };
}

/**
 * [MQTT-4.3.3-10]: until PUBREL comes, the same identifier is the same publication, which is not
 * published again. One that is not settled yet is answered when it is.
 */
function repeat(connection: Connection, session: Session, packetId: number): void {
  if (session.inbound.ids.get(packetId) === "pending") return;
  answerInTurn(connection, session, pubrecAgain(session, packetId));
  // They are in no window: answers that wait behind the pipeline must not pile up without end.
  if (session.inbound.waiting >= session.limits.connection.receiveMaximum) {
    connection.hold(hold.window);
  }
}

/** [MQTT-3.3.4-7], [MQTT-3.3.4-9]: Receive Maximum counts what waits for PUBACK or PUBCOMP. */
function isBeyondWindow({ inbound, limits }: Session): boolean {
  return inbound.open + inbound.late.length >= limits.connection.receiveMaximum;
}

function refuseWindow(connection: Connection, { limits }: Session): void {
  const { receiveMaximum } = limits.connection;
  refuse(connection, {
    cause: "receive-maximum",
    detail: `More than ${receiveMaximum} QoS 1 and 2 messages were sent without waiting for their acknowledgement.`,
    remedy: "Let the client keep the receive maximum that CONNACK tells it.",
  });
}

/** Hands a publication to the pipeline, then stops reading where more would be too much. */
function accept(connection: Connection, session: Session, packet: ReadPublish, said?: Said): void {
  const { ingest } = connection.gateway;
  const message = messageOf(connection, session, packet, said);
  if (packet.qos === 0 && !ingest.hasRoom) {
    connection.gateway.counters.shed += 1;
    ingest.shed(message);
    return;
  }
  const { inbound } = session;
  if (packet.qos > 0) {
    inbound.accepted += 1;
    inbound.open += 1;
    if (packet.qos === 2) inbound.ids.set(packet.packetId, "pending");
  }
  if (message.device === undefined) ingest.relay(message);
  else ingest.accept(message);
  restrain(connection, session);
}

function restrain(connection: Connection, session: Session): void {
  const { gateway } = connection;
  const { receiveMaximum } = session.limits.connection;
  // 3.1.1 has no window: TCP is what holds such a client back.
  if (session.version === 4 && session.inbound.waiting >= receiveMaximum) {
    connection.hold(hold.window);
  }
  if (!gateway.ingest.hasRoom) {
    connection.hold(hold.room);
    gateway.room.wait(connection);
  }
}

function messageOf(
  connection: Connection,
  session: Session,
  packet: ReadPublish,
  said: Said | undefined,
): AcceptedMessage {
  const { facts, receivedAt } = connection;
  const { tenantId, key, handle } = session;
  const { topic, qos, retain, packetId, payload, properties, forwarded } = packet;
  const expirySeconds = properties?.expirySeconds;
  // Whole milliseconds, as the clock has that it is compared with: 0 seconds are over at once.
  const expiresAt =
    expirySeconds === undefined ? undefined : Math.floor(receivedAt) + expirySeconds * 1_000;
  // A session that is kept remembers the identifier in the transaction that stores the message.
  const claimedBy = qos === 2 ? claimOf(handle) : undefined;
  if (said !== undefined) {
    return {
      ...said,
      transport: facts.transport,
      topic: said.topic ?? topic.name,
      qos,
      retain,
      payload,
      receivedAt,
      expiresAt,
      forwarded:
        said.forwarded === undefined ? forwarded : Buffer.concat([forwarded, said.forwarded]),
      publisher: key,
      claimedBy,
      origin: connection,
      packetId,
      ...(properties === undefined ? undefined : metadataOf(properties)),
    };
  }
  const publication: Publication = {
    tenantId,
    topic: topic.name,
    payload,
    qos,
    retain,
    expiresAt,
    receivedAt,
    forwarded,
    publisher: key,
  };
  return {
    tenantId,
    client: clientOf(session),
    transport: facts.transport,
    publication,
    packetId,
    claimedBy,
    origin: connection,
  };
}

function claimOf({ id, generation, expirySeconds }: SessionHandle): InboundClaim | undefined {
  return id === undefined || expirySeconds === 0 ? undefined : { sessionId: id, generation };
}

function clientOf({ principal }: Session): { readonly id: string; readonly name: string } {
  if (principal.kind === "service") {
    return { id: principal.serviceClientId, name: principal.name };
  }
  throw new Error("A device publishes to a channel; it is not relayed.");
}
