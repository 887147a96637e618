import type { IConnackPacket, IConnectPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/**
 * CONNACK with success, §3.2, and what this server does and does not do. There is never a session
 * from before [MQTT-3.2.2-3]: sessions end with their connection.
 */
export function sendConnack(
  connection: Connection,
  session: Session,
  packet: IConnectPacket,
): void {
  if (session.version === 4) {
    connection.send({ cmd: "connack", sessionPresent: false, returnCode: 0 });
    return;
  }
  const { limits } = connection.gateway;
  const keepAlive = session.keepAliveMs / 1_000;
  const properties: IConnackPacket["properties"] = {
    receiveMaximum: limits.receiveMaximum,
    maximumQoS: 1,
    retainAvailable: false,
    maximumPacketSize: limits.maxPacketBytes,
    topicAliasMaximum: 0,
    wildcardSubscriptionAvailable: true,
    subscriptionIdentifiersAvailable: false,
    sharedSubscriptionAvailable: false,
    ...(session.wantsSessionExpiry ? { sessionExpiryInterval: 0 } : {}),
    ...(packet.clientId === session.clientId ? {} : { assignedClientIdentifier: session.clientId }),
    // [MQTT-3.1.2-21]
    ...(packet.keepalive === keepAlive ? {} : { serverKeepAlive: keepAlive }),
  };
  connection.send({
    cmd: "connack",
    sessionPresent: false,
    reasonCode: reasonCode.success,
    properties,
  });
}
