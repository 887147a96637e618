import type { IConnackPacket, IConnectPacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

type Answered = { readonly packet: IConnectPacket; readonly sessionPresent: boolean };

/** CONNACK with success, §3.2. */
export function sendConnack(
  connection: Connection,
  session: Session,
  { packet, sessionPresent }: Answered,
): void {
  if (session.version === 4) {
    connection.send({ cmd: "connack", sessionPresent, returnCode: 0 });
    return;
  }
  connection.send({
    cmd: "connack",
    sessionPresent,
    reasonCode: reasonCode.success,
    properties: propertiesFor(session, packet),
  });
}

/**
 * What this server does. Maximum QoS is left out, which means 2 (§3.2.2.3.4), and so is response
 * information, which a server need not give (§3.2.2.3.15): each client's topics follow from its id.
 */
function propertiesFor(
  { limits, handle, clientId, keepAliveMs }: Session,
  packet: IConnectPacket,
): NonNullable<IConnackPacket["properties"]> {
  const { receiveMaximum, maxPacketBytes, topicAliasMaximum } = limits.connection;
  const keepAlive = keepAliveMs / 1_000;
  const askedExpiry = packet.properties?.sessionExpiryInterval ?? 0;
  return {
    receiveMaximum,
    retainAvailable: true,
    maximumPacketSize: maxPacketBytes,
    topicAliasMaximum,
    wildcardSubscriptionAvailable: true,
    subscriptionIdentifiersAvailable: true,
    sharedSubscriptionAvailable: true,
    // §3.2.2.3.2: told where it is not what was asked for.
    ...(askedExpiry === handle.expirySeconds
      ? {}
      : { sessionExpiryInterval: handle.expirySeconds }),
    // [MQTT-3.2.2-16]
    ...(packet.clientId === clientId ? {} : { assignedClientIdentifier: clientId }),
    // [MQTT-3.1.2-21], [MQTT-3.2.2-21]
    ...(packet.keepalive === keepAlive ? {} : { serverKeepAlive: keepAlive }),
  };
}
