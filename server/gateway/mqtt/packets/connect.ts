/**
 * CONNECT, §3.1. The order is that of the standard: is it MQTT, is it a version served here, is the
 * packet sound, may this peer connect at all, who is it, may it have that client id and that will,
 * is there room for it. Only then does anything change: the session is opened in the store, an older
 * connection of the same session is ended, and CONNACK is sent, followed by what was in flight.
 */
import { randomInt } from "node:crypto";
import type { IConnectPacket } from "mqtt-packet";
import { sessionKey } from "#server/broker/publication.ts";
import { clientIdRefusal } from "#server/gateway/identify/client-id.ts";
import {
  identify,
  type Credential,
  type Identification,
} from "#server/gateway/identify/identify.ts";
import { ownerOf, tenantOf, type Principal } from "#server/gateway/identify/principal.ts";
import { readCredential } from "#server/gateway/identify/read-credential.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { enrolUnknown, rememberedRefusal } from "#server/gateway/mqtt/enrol-unknown.ts";
import { answerRefused, refuseConnect } from "#server/gateway/mqtt/ending.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { openSession, type Applicant } from "#server/gateway/mqtt/packets/open-session.ts";
import { readConnect, type Opening } from "#server/gateway/mqtt/packets/read-connect.ts";
import { refusalOwnerOf } from "#server/gateway/mqtt/refusal-owner.ts";
import { wordsForUnproven } from "#server/gateway/mqtt/unproven.ts";
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

  const applicant = judgeClient(connection, opening, found);
  if (applicant === undefined) return;

  const refusal = judgeRates(connection, applicant);
  if (refusal !== undefined) {
    const owner = refusalOwnerOf(applicant.principal);
    refuseConnect(connection, refusal, opening.version, { owner, ...retryHint(refusal) });
    return;
  }
  const isOpen = await openSession(connection, opening, applicant);
  if (isOpen && found.certificate?.state === "issued") {
    gateway.activate(found.certificate, facts.remote);
  }
}

type Found = Extract<Identification, { readonly principal: Principal }> & {
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
    refuseConnect(connection, early, version, retryHint(early));
    return undefined;
  }
  // [MQTT-3.1.4-2]
  const credential = readCredential(connection.facts.certificate, packet);
  const since = performance.now();
  const found = await whoIs(connection, credential);
  // The peer may have gone, or run into the timeout, while the registry was asked.
  if (connection.state !== "identifying") return undefined;
  if (found.principal !== undefined) return { ...found, credential };
  const { refusal, concerned } = found;
  connection.record(refusal, concerned);
  const told = (await wordsForUnproven(credential, refusal, since)) ?? refusal;
  if (connection.state === "identifying") answerRefused(connection, told, version);
  return undefined;
}

/** What a known client asks for; undefined after refusing it. */
function judgeClient(
  connection: Connection,
  { packet, version, willProperties }: Opening,
  { principal, credential }: Found,
): Applicant | undefined {
  const clientId = packet.clientId === "" ? assignClientId(connection, principal) : packet.clientId;
  const { will, ...judged } = judgeWill(packet, principal, willProperties);
  const wrongId =
    principal.kind === "device"
      ? clientIdRefusal(principal.device, clientId)
      : longClientIdRefusal(clientId);
  const refusal = wrongId ?? judged.refusal;
  if (refusal === undefined) return { principal, credential, clientId, will };
  refuseConnect(connection, refusal, version, { owner: refusalOwnerOf(principal) });
  return undefined;
}

function judgeRates(
  { gateway }: Connection,
  { principal, clientId }: Applicant,
): Refusal | undefined {
  const tenantId = tenantOf(principal);
  const { sessions, limitsOf, rates } = gateway;
  const owner = ownerOf(principal);
  // One that takes over takes no place.
  const leaving = sessions.byKey(sessionKey(owner, clientId)) === undefined ? 0 : 1;
  return rates.connect(principal, limitsOf(tenantId), {
    ofTenant: sessions.connectionsOf(tenantId) - leaving,
    ofOwner: sessions.countOfOwner(owner) - leaving,
  });
}

/** [MQTT-4.12.0-1]: enhanced authentication is not offered. */
function authenticationRefusal({ properties }: IConnectPacket): Refusal | undefined {
  const method = properties?.authenticationMethod;
  if (method === undefined) return undefined;
  return {
    cause: "authentication-method",
    detail: `The client asks for the authentication method ${quoted(method)}; none is served.`,
    remedy: "Authenticate with a certificate or a password, without an authentication method.",
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

const maxClientIdBytes = 256;

/** [MQTT-3.1.3-5] asks for 23 characters; what is kept of strangers is bounded. */
function longClientIdRefusal(clientId: string): Refusal | undefined {
  if (Buffer.byteLength(clientId) <= maxClientIdBytes) return undefined;
  return {
    cause: "client-id-mismatch",
    detail: `The client id ${quoted(clientId)} is longer than ${maxClientIdBytes} bytes.`,
    remedy: "Choose a shorter client id.",
  };
}

/** Share of the time for CONNECT; the rest is for opening the session, and for saying what failed. */
const registryShare = 0.4;

async function whoIs(connection: Connection, credential: Credential): Promise<Identification> {
  const { gateway } = connection;
  try {
    const before = rememberedRefusal(connection, credential);
    if (before !== undefined) return before;
    const found = await inTime(
      identify(gateway.registry, credential, new Date(gateway.now())),
      gateway.bounds.connectTimeoutMs * registryShare,
    );
    return (await enrolUnknown(connection, credential, found)) ?? found;
  } catch (error) {
    gateway.log.warn({
      event: "registry.unavailable",
      err: error,
      claimedId: connection.claimedId,
    });
    const refusal: Refusal = {
      cause: "unavailable",
      detail: "The registry of devices cannot be asked at the moment.",
      remedy: "Let the client try again; if it lasts, look at the database.",
    };
    return { refusal, concerned: undefined };
  }
}

/** @throws Error when it takes longer; the link to the database may have gone silent */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No answer within ${ms} ms.`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Those who are told to come back later come back at different times. */
function retryHint({ cause }: Refusal) {
  if (cause !== "rate" && cause !== "too-many-connections") return {};
  return { userProperties: { "retry-after-ms": String(randomInt(1_000, 30_000)) } };
}

/** [MQTT-3.1.3-6], [MQTT-3.2.2-16]: an id of its own, so that it takes over nobody. */
function assignClientId({ gateway }: Connection, principal: Principal): string {
  const stem = principal.kind === "device" ? principal.device.deviceId : "client";
  for (;;) {
    const clientId = `${stem}.${randomInt(100_000, 1_000_000_000)}`;
    if (gateway.sessions.byKey(sessionKey(ownerOf(principal), clientId)) === undefined) {
      return clientId;
    }
  }
}
