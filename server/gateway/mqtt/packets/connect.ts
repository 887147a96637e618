/**
 * CONNECT, §3.1. The order is that of the standard: is it MQTT, is it a version served here, is the
 * packet sound, may this peer connect at all, who is it, and only then does anything change.
 */
import { createHash, randomInt } from "node:crypto";
import type { IConnectPacket } from "mqtt-packet";
import { clientIdRefusal } from "#server/gateway/identify/client-id.ts";
import {
  identify,
  type Credential,
  type Identification,
} from "#server/gateway/identify/identify.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { sendConnack } from "#server/gateway/mqtt/packets/connack.ts";
import { openSession, takeOver } from "#server/gateway/mqtt/packets/open-session.ts";
import { readConnect, type Opening } from "#server/gateway/mqtt/packets/read-connect.ts";
import { deviceTopics } from "#server/gateway/mqtt/topics.ts";
import { judgeWill } from "#server/gateway/mqtt/will.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** Reads the CONNECT in the frame reader and answers it; nothing else is read until then. */
export function beginConnect(connection: Connection): void {
  const opening = readConnect(connection);
  if (opening === undefined) return;
  connection.state = "identifying";
  connection.hold(hold.identify);
  handleConnect(connection, opening)
    .catch((error: unknown) => connection.fault(error))
    .finally(() => connection.release(hold.identify));
}

async function handleConnect(connection: Connection, opening: Opening): Promise<void> {
  const { gateway, facts } = connection;
  const found = await identifyClient(connection, opening);
  if (found === undefined) return;

  const who = judgeClient(connection, opening, found);
  if (who === undefined) return;

  const session = openSession(connection, opening, who);
  takeOver(connection, session);
  connection.open();
  gateway.counters.connectsAccepted += 1;
  gateway.status.connected(session.facts);
  sendConnack(connection, session, opening.packet);
  if (found.certificate?.state === "issued") gateway.activate(found.certificate, facts.remote);
}

type Found = Extract<Identification, { readonly device: RegisteredDevice }> & {
  readonly credential: Credential;
};

/** Who connects; undefined after refusing, or when the peer has gone meanwhile. */
async function identifyClient(
  connection: Connection,
  { packet, version }: Opening,
): Promise<Found | undefined> {
  const early =
    connection.facts.refusal ?? authenticationRefusal(packet) ?? emptyClientIdRefusal(packet);
  if (early !== undefined) {
    connection.refuseConnect(early, version, retryHint(early));
    return undefined;
  }
  // [MQTT-3.1.4-2]
  const credential = connection.facts.certificate ?? presentedToken(packet);
  const found = await whoIs(connection, credential);
  // The peer may have gone, or run into the timeout, while the registry was asked.
  if (connection.state !== "identifying") return undefined;
  if (found.device === undefined) {
    connection.refuseConnect(found.refusal, version, { owner: ownerOf(found) });
    return undefined;
  }
  return { ...found, credential };
}

/** What a known device asks for; undefined after refusing it. */
function judgeClient(
  connection: Connection,
  { packet, version }: Opening,
  { device, credential }: Found,
): Parameters<typeof openSession>[2] | undefined {
  const clientId = packet.clientId === "" ? assignClientId(connection, device) : packet.clientId;
  const { will, ...judged } = judgeWill(packet, deviceTopics(device.deviceId));
  const refusal = clientIdRefusal(device, clientId) ?? judged.refusal;
  if (refusal === undefined) return { device, credential, clientId, will };
  connection.refuseConnect(refusal, version, { owner: device });
  return undefined;
}

/** [MQTT-4.12.0-1]: enhanced authentication is not offered. */
function authenticationRefusal({ properties }: IConnectPacket): Refusal | undefined {
  const method = properties?.authenticationMethod;
  if (method === undefined) return undefined;
  return {
    cause: "authentication-method",
    detail: `The client asks for the authentication method ${quoted(method)}; none is served.`,
    remedy: "Authenticate with the device's certificate, without an authentication method.",
  };
}

/** 3.1.1 [MQTT-3.1.3-8]: without an id there is nothing by which a session could be found again. */
function emptyClientIdRefusal(packet: IConnectPacket): Refusal | undefined {
  if (packet.clientId !== "" || packet.clean === true || packet.protocolVersion === 5) {
    return undefined;
  }
  return {
    cause: "client-id-mismatch",
    detail: "The client sent no client id and asks for a lasting session.",
    remedy: "Set the client id to the device's id.",
  };
}

/** A user name without a password, or none at all, identifies nobody. */
function presentedToken(packet: IConnectPacket): Credential {
  const { username, password } = packet;
  if (username === undefined || password === undefined) return { kind: "no-token" };
  return {
    kind: "token",
    userName: username,
    hash: createHash("sha256").update(password).digest(),
  };
}

async function whoIs(connection: Connection, credential: Credential): Promise<Identification> {
  const { gateway } = connection;
  try {
    return await identify(gateway.registry, credential, new Date(gateway.now()));
  } catch (error) {
    gateway.log.warn({
      event: "registry.unavailable",
      err: error,
      claimedId: connection.claimedId,
    });
    return {
      refusal: {
        cause: "unavailable",
        detail: "The registry of devices cannot be asked at the moment.",
        remedy: "Let the client try again; if it lasts, look at the database.",
      },
    };
  }
}

function ownerOf({ certificate }: Identification) {
  const device = certificate?.device;
  return { tenantId: device?.tenantId ?? null, deviceKey: device?.deviceKey ?? null };
}

/** Those who are told to come back later come back at different times. */
function retryHint({ cause }: Refusal) {
  if (cause !== "rate" && cause !== "too-many-connections") return {};
  return { userProperties: { "retry-after-ms": String(randomInt(1_000, 30_000)) } };
}

/** [MQTT-3.1.3-6], [MQTT-3.2.2-16]: an id of its own, so that it takes over nobody. */
function assignClientId({ gateway }: Connection, device: RegisteredDevice): string {
  for (;;) {
    const clientId = `${device.deviceId}.${randomInt(100_000, 1_000_000_000)}`;
    if (!gateway.sessions.has(device.deviceKey, clientId)) return clientId;
  }
}
