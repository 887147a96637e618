import type { Packet } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { beginConnect } from "#server/gateway/mqtt/packets/connect.ts";
import { handleDisconnect } from "#server/gateway/mqtt/packets/disconnect.ts";
import { handlePingreq } from "#server/gateway/mqtt/packets/pingreq.ts";
import { handlePuback } from "#server/gateway/mqtt/packets/puback.ts";
import { handlePublish } from "#server/gateway/mqtt/packets/publish.ts";
import { handleSubscribe } from "#server/gateway/mqtt/packets/subscribe.ts";
import { handleUnsubscribe } from "#server/gateway/mqtt/packets/unsubscribe.ts";
import { strangerRefusal } from "#server/gateway/mqtt/stranger.ts";

const connectHeader = 0x10;
const publishType = 3;

/**
 * Handles the next whole packet.
 * @returns false when there is none, or when no further one may be handled now
 */
export function dispatch(connection: Connection): boolean {
  const { frames } = connection;
  switch (frames.next()) {
    case "incomplete":
      checkFirstByte(connection);
      return false;
    case "malformed":
      refuse(connection, "malformed", "The remaining length has more than four bytes.");
      return false;
    case "too-large":
      refuseTooLarge(connection);
      return false;
    case "frame":
      return connection.session === undefined
        ? handleFirst(connection)
        : handleNext(connection, connection.session);
  }
}

function refuse(
  connection: Connection,
  cause: "malformed" | "protocol-error",
  problem: string,
): void {
  const refusal = {
    cause,
    detail: `A packet breaks the MQTT standard: ${problem}`,
    remedy: "Update or correct the client's MQTT library.",
  };
  if (connection.session === undefined) connection.refuseConnect(refusal, undefined);
  else connection.refuse(refusal);
}

/** [MQTT-3.1.2-24]: told in CONNACK; a client that sends more is disconnected with 0x95. */
function refuseTooLarge(connection: Connection): void {
  const { maxPacketBytes } = connection.gateway.limits;
  if (connection.session === undefined && connection.frames.header !== connectHeader) {
    connection.refuseConnect(strangerRefusal(connection), undefined);
    return;
  }
  const refusal = {
    cause: "packet-too-large" as const,
    detail: `A packet is larger than ${maxPacketBytes} bytes.`,
    remedy: "Send smaller messages, for example fewer readings in a batch.",
  };
  if (connection.session === undefined) connection.refuseConnect(refusal, undefined);
  else connection.refuse(refusal);
}

/** Whoever does not begin with CONNECT need not be waited for. */
function checkFirstByte(connection: Connection): void {
  const { session, frames } = connection;
  if (session !== undefined || frames.buffer.length === frames.end) return;
  if (frames.buffer[frames.end] !== connectHeader) {
    connection.refuseConnect(strangerRefusal(connection), undefined);
  }
}

/** [MQTT-3.1.0-1]: the first packet is CONNECT. */
function handleFirst(connection: Connection): boolean {
  if (connection.frames.header !== connectHeader) {
    connection.refuseConnect(strangerRefusal(connection), undefined);
    return false;
  }
  beginConnect(connection);
  return false;
}

function handleNext(connection: Connection, session: Session): boolean {
  const { frames, gateway } = connection;
  if (frames.header >> 4 === publishType) return handlePublish(connection, session);
  const packet = gateway.codec.decode(
    frames.buffer.subarray(frames.start, frames.end),
    session.version,
  );
  if (packet.cmd === "malformed") {
    refuse(connection, packet.cause, packet.problem);
    return false;
  }
  return handlePacket(connection, session, packet);
}

type Expected = Extract<
  Packet,
  { readonly cmd: "subscribe" | "unsubscribe" | "pingreq" | "puback" | "disconnect" }
>;

const expected: ReadonlySet<string> = new Set<Expected["cmd"]>([
  "subscribe",
  "unsubscribe",
  "pingreq",
  "puback",
  "disconnect",
]);

function isExpected(packet: Packet): packet is Expected {
  return expected.has(packet.cmd);
}

function handlePacket(connection: Connection, session: Session, packet: Packet): boolean {
  if (!isExpected(packet)) {
    // [MQTT-3.1.0-2]: a second CONNECT. The others go from server to client, or belong to QoS 2
    // and to enhanced authentication, which CONNACK did not offer.
    refuse(connection, "protocol-error", `${packet.cmd.toUpperCase()} was not expected here.`);
    return false;
  }
  switch (packet.cmd) {
    case "subscribe":
      return handleSubscribe(connection, session, packet);
    case "unsubscribe":
      return handleUnsubscribe(connection, session, packet);
    case "pingreq":
      return handlePingreq(connection);
    case "puback":
      return handlePuback(session, packet);
    case "disconnect":
      return handleDisconnect(connection, session, packet);
  }
}
