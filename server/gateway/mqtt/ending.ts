/** How connections end from our side, each way with its words for the client and for the record. */
import { encode, type ProtocolVersion } from "#server/gateway/mqtt/codec.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { RefusalOwner } from "#server/gateway/mqtt/refusal-owner.ts";
import { reasonCodeOf, returnCodeOf } from "#server/gateway/mqtt/reason.ts";
import type { Refusal } from "#server/gateway/refusal.ts";

/** How a session's connection ends: words for the device's page, and what becomes of its will. */
export type Ending = {
  readonly reason: string;
  readonly will: "publish" | "discard";
  /** As DISCONNECT changed it; undefined for what CONNECT asked. */
  readonly expirySeconds?: number | undefined;
  /** Another connection has the session: the client stays online. */
  readonly replaced?: true;
};

const maxReasonString = 500;

/** @returns a text short enough for a reason string */
export function reasonText(refusal: Refusal): string {
  return `${refusal.detail} ${refusal.remedy}`.slice(0, maxReasonString);
}

/** Answers CONNECT with a refusal, [MQTT-3.1.4-2] [MQTT-3.2.2-7], and closes. */
export function refuseConnect(
  connection: Connection,
  refusal: Refusal,
  version: ProtocolVersion | undefined,
  more: {
    readonly owner?: RefusalOwner;
    readonly userProperties?: Readonly<Record<string, string>>;
  } = {},
): void {
  connection.record(refusal, more.owner);
  answerRefused(connection, refusal, version, more.userProperties);
}

/** Answers a CONNECT whose refusal is recorded already, and closes. */
export function answerRefused(
  connection: Connection,
  refusal: Refusal,
  version: ProtocolVersion | undefined,
  userProperties?: Readonly<Record<string, string>>,
): void {
  const { maximumPacketSize } = connection;
  connection.leave(refusalPacket(refusal, version, { maximumPacketSize, userProperties }));
}

function refusalPacket(
  refusal: Refusal,
  version: ProtocolVersion | undefined,
  {
    maximumPacketSize,
    userProperties,
  }: {
    readonly maximumPacketSize: number;
    readonly userProperties: Readonly<Record<string, string>> | undefined;
  },
): Buffer | undefined {
  if (version === 5) {
    const properties = {
      reasonString: reasonText(refusal),
      ...(userProperties === undefined ? {} : { userProperties }),
    };
    const reasonCode = reasonCodeOf(refusal.cause);
    // [MQTT-3.2.2-19], [MQTT-3.2.2-20]
    return encode(
      { cmd: "connack", sessionPresent: false, reasonCode, properties },
      5,
      maximumPacketSize,
    );
  }
  const returnCode = version === 4 ? returnCodeOf(refusal.cause) : undefined;
  if (returnCode === undefined) return undefined;
  return encode({ cmd: "connack", sessionPresent: false, returnCode }, 4);
}

/** Refuses what a connected client did: DISCONNECT with the reason, and the end of the connection. */
export function refuse(connection: Connection, refusal: Refusal): void {
  connection.record(refusal);
  disconnect(connection, reasonCodeOf(refusal.cause), {
    text: reasonText(refusal),
    ending: { reason: refusal.detail, will: "publish" },
  });
}

/** Refuses what breaks the standard. */
export function refuseBroken(
  connection: Connection,
  cause: "malformed" | "protocol-error",
  problem: string,
): void {
  const refusal: Refusal = {
    cause,
    detail: `A packet breaks the MQTT standard: ${problem}`,
    remedy: "Update or correct the client's MQTT library.",
  };
  if (connection.session === undefined) refuseConnect(connection, refusal, undefined);
  else refuse(connection, refusal);
}

/** Ends the connection from our side; MQTT 3.1.1 has no words for it. */
export function disconnect(
  connection: Connection,
  reasonCode: number,
  { text, ending }: { readonly text: string; readonly ending: Ending },
): void {
  if (connection.isOver) return;
  const { session } = connection;
  connection.flushAcknowledgements();
  // [MQTT-3.14.2-1], [MQTT-3.14.0-1]: there is a session only once CONNACK was sent.
  const packet =
    session?.version === 5
      ? encode(
          {
            cmd: "disconnect",
            reasonCode,
            properties: { reasonString: text.slice(0, maxReasonString) },
          },
          5,
          session.maximumPacketSize,
        )
      : undefined;
  connection.finish(ending);
  connection.leave(packet);
}

/** Ends the connection without a packet. */
export function endConnection(connection: Connection, ending: Ending): void {
  if (connection.isOver) return;
  connection.flushAcknowledgements();
  connection.finish(ending);
  connection.leave(undefined);
}
