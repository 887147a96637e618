import type { IConnectPacket } from "mqtt-packet";
import { nothingForwarded } from "#server/broker/publication.ts";
import type { ProtocolVersion } from "#server/gateway/mqtt/codec.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuseConnect } from "#server/gateway/mqtt/ending.ts";
import { forwardedOfWill } from "#server/gateway/mqtt/strict.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** A CONNECT that is sound in itself. */
export type Opening = {
  readonly packet: IConnectPacket;
  readonly version: ProtocolVersion;
  /** Properties of the will that its subscribers get. */
  readonly willProperties: Buffer;
};

const maxClaimLength = 256;

type Named = { readonly name: string; readonly level: number | undefined };

/** Protocol name and level are read first: a CONNECT of another version has another layout. */
function readProtocol({ frames }: Connection): Named {
  const variable = frames.buffer.subarray(frames.body, frames.end);
  const length = variable.length < 2 ? 0 : variable.readUInt16BE(0);
  return { name: variable.toString("latin1", 2, 2 + length), level: variable[2 + length] };
}

/** Reads the CONNECT in the frame reader; undefined after refusing it. */
export function readConnect(connection: Connection): Opening | undefined {
  const { frames, gateway } = connection;
  const { name, level } = readProtocol(connection);
  if (name !== "MQTT" || (level !== 4 && level !== 5)) {
    refuseVersion(connection, { name, level });
    return undefined;
  }
  const frame = frames.buffer.subarray(frames.start, frames.end);
  const packet = gateway.codec.decodeConnect(frame);
  if (packet.cmd !== "connect") {
    const { cause, problem } =
      packet.cmd === "malformed"
        ? packet
        : { cause: "malformed" as const, problem: "It is no CONNECT." };
    // [MQTT-3.1.4-1]: MQTT 5 may be answered.
    refuseConnect(connection, unsound(cause, problem), level);
    return undefined;
  }
  connection.maximumPacketSize =
    packet.properties?.maximumPacketSize ?? connection.maximumPacketSize;
  if (connection.claimedId === "") connection.claimedId = claimOf(packet);
  const hasProperties = level === 5 && packet.will !== undefined;
  const willProperties = hasProperties ? forwardedOfWill(frame) : nothingForwarded;
  return { packet, version: level, willProperties };
}

/** Copied, because a part of a text keeps the whole of it in memory: 64 KiB for each connection. */
function claimOf({ username, clientId }: IConnectPacket): string {
  return Buffer.from((username ?? clientId).slice(0, maxClaimLength)).toString();
}

function unsound(cause: "malformed" | "protocol-error", problem: string): Refusal {
  return {
    cause,
    detail: `CONNECT breaks the MQTT standard: ${problem}`,
    remedy: "Update or correct the client's MQTT library.",
  };
}

/** [MQTT-3.1.2-1], [MQTT-3.1.2-2]: answered in the words of the oldest version that has them. */
function refuseVersion(connection: Connection, { name, level = 0 }: Named): void {
  const known = name === "MQTT" || name === "MQIsdp";
  const said = known ? `version level ${level} of ${name}` : `protocol ${quoted(name)}`;
  const refusal: Refusal = {
    cause: "protocol-version",
    detail: `The client speaks ${said}; MQTT 3.1.1 and MQTT 5 are served.`,
    remedy: "Set the client to MQTT 5 (mosquitto_pub: -V 5) or MQTT 3.1.1.",
  };
  const newer = name === "MQTT" && level > 5 && level < 0x80;
  refuseConnect(connection, refusal, known ? (newer ? 5 : 4) : undefined);
}
