/**
 * The part of CONNECT that changes something: the store opens the session, an older connection of it
 * is ended [MQTT-3.1.4-3], CONNACK is sent [MQTT-3.1.4-5], and what was in flight follows.
 */
import { sessionKey } from "#server/broker/publication.ts";
import type { OpenedSession, SessionHandle, StoredWill } from "#server/broker/session-store.ts";
import { newTurn } from "#server/gateway/enrol/turn.ts";
import type { Credential } from "#server/gateway/identify/identify.ts";
import { ownerOf, tenantOf, type Principal } from "#server/gateway/identify/principal.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuseConnect } from "#server/gateway/mqtt/ending.ts";
import { Inbound } from "#server/gateway/mqtt/inbound.ts";
import type { MqttLimits } from "#server/gateway/mqtt/limits.ts";
import { createOutbound } from "#server/gateway/mqtt/outbound/create-outbound.ts";
import type { Outbound } from "#server/gateway/mqtt/outbound/outbound.ts";
import { sendConnack } from "#server/gateway/mqtt/packets/connack.ts";
import type { Opening } from "#server/gateway/mqtt/packets/read-connect.ts";
import { maySubscribe } from "#server/gateway/mqtt/permissions.ts";
import { noTopic, type Session } from "#server/gateway/mqtt/session.ts";
import type { Opening as PendingSession } from "#server/gateway/mqtt/sessions.ts";
import { endTakenOver } from "#server/gateway/mqtt/take-over.ts";
import { publishWill } from "#server/gateway/mqtt/will.ts";

/** Who was identified, and what it asks for. */
export type Applicant = {
  readonly principal: Principal;
  readonly credential: Credential;
  readonly clientId: string;
  readonly will: StoredWill | undefined;
};

/** @returns false when the session could not be opened, or the client has gone meanwhile */
export async function openSession(
  connection: Connection,
  opening: Opening,
  applicant: Applicant,
): Promise<boolean> {
  const { gateway } = connection;
  const limits = gateway.limitsOf(tenantOf(applicant.principal));
  const handle = newHandle(opening, applicant, limits);
  const outbound = createOutbound(connection, handle, { opening, limits });
  const before = gateway.sessions.byKey(handle.key)?.session?.facts;
  const pending = gateway.sessions.opening(handle.key, outbound);
  try {
    const parts = { ...applicant, limits, handle, outbound, pending, before };
    const session = await ask(connection, opening, parts);
    if (session === undefined) return false;
    begin(connection, opening, session);
    return true;
  } finally {
    pending.end();
  }
}

type Parts = Applicant & {
  readonly limits: MqttLimits;
  readonly handle: SessionHandle;
  readonly outbound: Outbound;
  readonly pending: PendingSession;
  /** Facts of the connection that has the session until now. */
  readonly before: Session["facts"];
};

type Started = { readonly session: Session; readonly opened: OpenedSession };

/** Opens the session in the store; undefined after refusing, or when the peer has gone meanwhile. */
async function ask(
  connection: Connection,
  opening: Opening,
  parts: Parts,
): Promise<Started | undefined> {
  const { gateway, facts } = connection;
  const { handle, will } = parts;
  const { tenantId, owner, clientId, expirySeconds } = handle;
  let opened: OpenedSession;
  try {
    const { maxQueuedMessages, maxQueuedBytes } = parts.limits.connection;
    opened = await gateway.store.open({
      tenantId,
      owner,
      clientId,
      expirySeconds,
      will,
      // [MQTT-3.1.2-4]; Clean Session of 3.1.1 is Clean Start with an expiry of 0.
      cleanStart: opening.packet.clean === true,
      remote: facts.remote,
      maxQueuedMessages,
      maxQueuedBytes,
    });
  } catch (error) {
    refuseUnavailable(connection, opening, error);
    return undefined;
  }
  handle.id = opened.id;
  handle.generation = opened.generation;
  publishOrphan(connection, parts, opened.orphanedWill);
  const current = gateway.sessions.byKey(handle.key)?.session?.handle.generation ?? -1;
  const newest = Math.max(current, parts.pending.takenOverBy);
  if (connection.state !== "identifying" || newest > opened.generation) {
    abandon(connection, parts);
    return undefined;
  }
  return { session: newSession(connection, opening, parts, opened), opened };
}

/** [MQTT-3.1.3-5] and §3.1.2.11.2: what is asked for, within the limit; 3.1.1 cannot ask. */
function newHandle(opening: Opening, applicant: Applicant, limits: MqttLimits): SessionHandle {
  const { packet, version } = opening;
  const isFleeting = applicant.principal.kind === "enrolment";
  const longest = isFleeting ? 0 : limits.connection.maxSessionExpirySeconds;
  const asked = packet.properties?.sessionExpiryInterval ?? 0;
  const lasting = packet.clean === true ? 0 : longest;
  const owner = ownerOf(applicant.principal);
  return {
    key: sessionKey(owner, applicant.clientId),
    tenantId: tenantOf(applicant.principal),
    owner,
    clientId: applicant.clientId,
    id: undefined,
    generation: 0,
    expirySeconds: version === 5 ? Math.min(asked, longest) : lasting,
  };
}

function refuseUnavailable(connection: Connection, opening: Opening, error: unknown): void {
  const { gateway, claimedId } = connection;
  gateway.log.warn({ event: "sessions.unavailable", err: error, claimedId });
  if (connection.state !== "identifying") return;
  const refusal = {
    cause: "unavailable" as const,
    detail: "The sessions of clients cannot be read at the moment.",
    remedy: "Let the client try again; if it lasts, look at the database.",
  };
  refuseConnect(connection, refusal, opening.version);
}

/** The peer has gone, or came again, while the store was asked: nothing of this CONNECT stays. */
function abandon(connection: Connection, { handle, before }: Parts): void {
  const { sessions, store, status, background } = connection.gateway;
  const { expirySeconds, owner } = handle;
  background.run("session.not_closed", () =>
    store.close(handle, { expirySeconds, willDueAt: undefined }),
  );
  // The store has taken the session from the connection before, which then has nothing any more.
  const previous = sessions.byKey(handle.key);
  const older = previous?.session?.handle.generation ?? handle.generation;
  if (previous !== undefined && older < handle.generation) {
    endTakenOver(previous, connection.facts.remote);
  }
  if (before !== undefined && sessions.of(owner).length === 0) {
    status.disconnected(before, "connection lost");
  }
  if (connection.state === "identifying") connection.leave(undefined);
}

/** [MQTT-3.1.2-8], [MQTT-3.1.3-9]: the will of a connection before this one, which nobody else publishes. */
function publishOrphan(
  { gateway, facts }: Connection,
  { principal, handle }: Parts,
  will: StoredWill | undefined,
): void {
  if (will === undefined) return;
  const sender = { principal, publisher: handle.key, transport: facts.transport };
  gateway.background.run("will.not_published", () => publishWill(gateway, sender, will));
}

function keepAliveSeconds({ packet, version }: Opening, longest: number): number {
  const asked = packet.keepalive ?? 0;
  // Only MQTT 5 can be told another one, [MQTT-3.2.2-21].
  if (version === 4) return asked;
  return asked === 0 || asked > longest ? longest : asked;
}

function newSession(
  connection: Connection,
  opening: Opening,
  parts: Parts,
  opened: OpenedSession,
): Session {
  const { gateway } = connection;
  const { packet, version } = opening;
  const { principal, credential, clientId, limits, handle, outbound } = parts;
  return {
    version,
    clientId,
    credential,
    principal,
    handle,
    limits,
    outbound,
    key: handle.key,
    tenantId: handle.tenantId,
    will: parts.will,
    facts: factsOf(connection, opening, parts),
    turn: principal.kind === "enrolment" ? newTurn(gateway.now()) : undefined,
    keepAliveMs: keepAliveSeconds(opening, limits.connection.maxKeepAliveSeconds) * 1_000,
    asksForExpiry: (packet.properties?.sessionExpiryInterval ?? 0) > 0,
    wantsProblems: packet.properties?.requestProblemInformation !== false,
    maximumPacketSize: packet.properties?.maximumPacketSize ?? Number.MAX_SAFE_INTEGER,
    subscriptions: new Map(opened.subscriptions.map((one) => [one.filter, one])),
    throttle: gateway.rates.throttleFor(principal, () => gateway.limitsOf(tenantOf(principal))),
    inbound: new Inbound(opened.inbound),
    lastTopic: noTopic,
  };
}

function factsOf(
  { facts, gateway }: Connection,
  { version }: Opening,
  { principal, credential, clientId }: Parts,
): Session["facts"] {
  if (principal.kind !== "device") return undefined;
  return {
    tenantId: principal.device.tenantId,
    deviceKey: principal.device.deviceKey,
    connectedAt: new Date(gateway.now()),
    remoteAddress: facts.remote,
    clientId,
    protocol: version === 5 ? "MQTT 5.0" : "MQTT 3.1.1",
    tlsVersion: facts.tlsVersion,
    tlsCipher: facts.tlsCipher,
    certificateSha256: credential.kind === "certificate" ? credential.sha256 : null,
  };
}

/** CONNACK, and what follows from it; all in one turn, so that nothing comes in between. */
function begin(connection: Connection, opening: Opening, { session, opened }: Started): void {
  const { gateway } = connection;
  connection.session = session;
  const previous = gateway.sessions.claim(connection);
  if (previous !== undefined) endTakenOver(previous, connection.facts.remote);
  connection.open(session);
  connection.facts.identified();
  gateway.counters.connectsAccepted += 1;
  if (session.facts !== undefined) gateway.status.connected(session.facts);
  // [MQTT-3.2.0-1], [MQTT-3.2.2-2], [MQTT-3.2.2-3]
  sendConnack(connection, session, { packet: opening.packet, sessionPresent: opened.present });
  dropForbidden(connection, session);
  session.outbound.begin(opened);
}

/** Ends subscriptions that the client may not have any more: grants change also while it is away. */
export function dropForbidden({ gateway }: Connection, session: Session): void {
  const forbidden = [...session.subscriptions.keys()].filter(
    (filter) => !maySubscribe(session.principal, filter),
  );
  if (forbidden.length === 0) return;
  for (const filter of forbidden) session.subscriptions.delete(filter);
  gateway.background.run("session.not_narrowed", () =>
    gateway.store.unsubscribe(session.handle, forbidden),
  );
}
