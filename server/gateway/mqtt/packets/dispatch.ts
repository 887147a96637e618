import type { Packet } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuse, refuseBroken, refuseConnect } from "#server/gateway/mqtt/ending.ts";
import { handleAuth } from "#server/gateway/mqtt/packets/auth.ts";
import { beginConnect } from "#server/gateway/mqtt/packets/connect.ts";
import { handleDisconnect } from "#server/gateway/mqtt/packets/disconnect.ts";
import { handlePingreq } from "#server/gateway/mqtt/packets/pingreq.ts";
import { handlePuback } from "#server/gateway/mqtt/packets/puback.ts";
import { handlePubcomp } from "#server/gateway/mqtt/packets/pubcomp.ts";
import { handlePublish } from "#server/gateway/mqtt/packets/publish.ts";
import { handlePubrec } from "#server/gateway/mqtt/packets/pubrec.ts";
import { handlePubrel } from "#server/gateway/mqtt/packets/pubrel.ts";
import { handleSubscribe } from "#server/gateway/mqtt/packets/subscribe.ts";
import { handleUnsubscribe } from "#server/gateway/mqtt/packets/unsubscribe.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
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
      refuseBroken(connection, "malformed", "The remaining length has more than four bytes.");
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

/** [MQTT-3.2.2-15]: told in CONNACK; a client that sends more is disconnected with 0x95. */
function refuseTooLarge(connection: Connection): void {
  const { frames, session } = connection;
  if (session === undefined && frames.header !== connectHeader) {
    refuseConnect(connection, strangerRefusal(connection), undefined);
    return;
  }
  const refusal = {
    cause: "packet-too-large" as const,
    detail: `A packet is larger than ${frames.maxBytes} bytes.`,
    remedy: "Send smaller messages, for example fewer readings in a batch.",
  };
  if (session === undefined) refuseConnect(connection, refusal, undefined);
  else refuse(connection, refusal);
}

/** Whoever does not begin with CONNECT need not be waited for. */
function checkFirstByte(connection: Connection): void {
  const { session, frames } = connection;
  if (session !== undefined || frames.buffer.length === frames.end) return;
  if (frames.buffer[frames.end] !== connectHeader) {
    refuseConnect(connection, strangerRefusal(connection), undefined);
  }
}

/** [MQTT-3.1.0-1]: the first packet is CONNECT. */
function handleFirst(connection: Connection): boolean {
  if (connection.frames.header !== connectHeader) {
    refuseConnect(connection, strangerRefusal(connection), undefined);
    return false;
  }
  beginConnect(connection);
  return false;
}

function handleNext(connection: Connection, session: Session): boolean {
  const { frames, gateway } = connection;
  // [MQTT-1.5.5-1]
  if (session.version === 5 && frames.isPadded) {
    const problem = "The remaining length takes more bytes than it needs.";
    refuseBroken(connection, "malformed", problem);
    return false;
  }
  if (frames.header >> 4 === publishType) return handlePublish(connection, session);
  const packet = gateway.codec.decode(
    frames.buffer.subarray(frames.start, frames.end),
    session.version,
  );
  if (packet.cmd === "malformed") {
    refuseBroken(connection, packet.cause, packet.problem);
    return false;
  }
  return handlePacket(connection, session, packet);
}

type Confirmation = Extract<Packet, { readonly cmd: "puback" | "pubrec" | "pubrel" | "pubcomp" }>;

type Request = Extract<
  Packet,
  { readonly cmd: "subscribe" | "unsubscribe" | "pingreq" | "disconnect" | "auth" }
>;

const confirmations: ReadonlySet<string> = new Set(["puback", "pubrec", "pubrel", "pubcomp"]);
const requests: ReadonlySet<string> = new Set([
  "subscribe",
  "unsubscribe",
  "pingreq",
  "disconnect",
  "auth",
]);

function isConfirmation(packet: Packet): packet is Confirmation {
  return confirmations.has(packet.cmd);
}

function isRequest(packet: Packet): packet is Request {
  return requests.has(packet.cmd);
}

function handlePacket(connection: Connection, session: Session, packet: Packet): boolean {
  if (isConfirmation(packet)) return handleConfirmation(connection, session, packet);
  if (isRequest(packet)) {
    connection.publishes += costOf(packet);
    return handleRequest(connection, session, packet);
  }
  // [MQTT-3.1.0-2]: a second CONNECT; the others go from server to client.
  const problem = `${packet.cmd.toUpperCase()} was not expected here.`;
  refuseBroken(connection, "protocol-error", problem);
  return false;
}

/** Against the rate of messages: a flood of these would keep the worker from all others. */
function costOf(packet: Request): number {
  if (packet.cmd === "subscribe") return packet.subscriptions.length;
  return packet.cmd === "unsubscribe" ? packet.unsubscriptions.length : 1;
}

function handleConfirmation(
  connection: Connection,
  session: Session,
  packet: Confirmation,
): boolean {
  switch (packet.cmd) {
    case "puback":
      return handlePuback(connection, session, packet);
    case "pubrec":
      return handlePubrec(connection, session, packet);
    case "pubrel":
      return handlePubrel(connection, session, packet);
    case "pubcomp":
      return handlePubcomp(connection, session, packet);
  }
}

function handleRequest(connection: Connection, session: Session, packet: Request): boolean {
  switch (packet.cmd) {
    case "subscribe":
      return handleSubscribe(connection, session, packet);
    case "unsubscribe":
      return handleUnsubscribe(connection, session, packet);
    case "pingreq":
      return handlePingreq(connection);
    case "disconnect":
      return handleDisconnect(connection, session, packet);
    case "auth":
      return handleAuth(connection);
  }
}
