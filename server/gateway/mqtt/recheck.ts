import { expiredByItself, identify } from "#server/gateway/identify/identify.ts";
import type { Refreshed } from "#server/gateway/identify/registry.ts";
import type { Owner } from "#server/broker/publication.ts";
import type { Principal } from "#server/gateway/identify/principal.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { disconnect, reasonText } from "#server/gateway/mqtt/ending.ts";
import { dropForbidden } from "#server/gateway/mqtt/packets/open-session.ts";
import { mayPublish } from "#server/gateway/mqtt/permissions.ts";
import { noTopic, type Session } from "#server/gateway/mqtt/session.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Refusal, RefusalCause } from "#server/gateway/refusal.ts";

const atOnce = 500;

/** What judging sessions again needs of the gateway. */
export type Judging = Pick<MqttGateway, "registry" | "sessions" | "now">;

/** Expiry is nobody's decision; everything else that ends a session here is an operator's. */
function codeFor(cause: RefusalCause): number {
  return cause === "expired" ? reasonCode.notAuthorized : reasonCode.administrativeAction;
}

/** Judges a session again by what the registry says now; who may not go on is disconnected. */
async function recheckOne(gateway: Judging, connection: Connection): Promise<void> {
  const session = connection.session;
  if (session === undefined || connection.state !== "connected") return;
  const found = await identify(gateway.registry, session.credential, new Date(gateway.now()));
  if (found.principal === undefined) endRefused(connection, found.refusal);
  else if (isSameOwner(session.principal, found.principal)) {
    replacePrincipal(connection, session, found.principal);
  } else endMoved(connection);
}

function isSameOwner(before: Principal, now: Principal): boolean {
  if (before.kind !== "device" || now.kind !== "device") return before.kind === now.kind;
  return before.device.deviceKey === now.device.deviceKey;
}

/** The credential is good, but its device belongs to another organisation now: so must its session. */
function endMoved(connection: Connection): void {
  const text = "The device belongs to another organisation now; connect again.";
  disconnect(connection, reasonCode.administrativeAction, {
    text,
    ending: { reason: text, will: "discard" },
  });
}

function endRefused(connection: Connection, refusal: Refusal): void {
  connection.record(refusal);
  const { gateway, session } = connection;
  if (session?.credential.kind === "certificate") {
    gateway.cuts.note(session.credential.sha256, gateway.now());
  }
  disconnect(connection, codeFor(refusal.cause), {
    text: reasonText(refusal),
    // It may not speak any more, so its will is not published either.
    ending: { reason: refusal.detail, will: "discard" },
  });
}

/** What the client may do is decided anew; subscriptions that it may not have any more end. */
function replacePrincipal(connection: Connection, session: Session, principal: Principal): void {
  session.principal = principal;
  session.lastTopic = noTopic;
  session.inbound.rejudge((topic) => {
    // What is no topic name at all was never judged, and nobody may publish there.
    const permission = topic.problem === undefined ? mayPublish(principal, topic.name) : undefined;
    return { ...topic, permission };
  });
  dropForbidden(connection, session);
}

/** Judges connections again after their device or service client changed. */
export async function recheckOwner(gateway: MqttGateway, owner: Owner): Promise<void> {
  if (owner.kind === "device") gateway.registry.forget(owner.deviceKey);
  else if (owner.kind === "service") gateway.registry.forgetServiceClient(owner.serviceClientId);
  for (const connection of gateway.sessions.of(owner)) await recheckOne(gateway, connection);
}

/** Ends sessions whose certificate or SAS token has expired, or whose time is over; that needs nobody's word. */
export function endExpired(gateway: MqttGateway): void {
  const now = new Date(gateway.now());
  for (const connection of gateway.sessions.all()) {
    if (connection.state !== "connected" || connection.session === undefined) continue;
    const refusal = expiredByItself(connection.session.credential, now);
    if (refusal !== undefined) endRefused(connection, refusal);
    else endTurn(connection, connection.session, now);
  }
}

/** Who enrols a device is here for a few minutes. */
function endTurn(connection: Connection, { turn }: Session, now: Date): void {
  if (turn === undefined || now.getTime() < turn.endsAt) return;
  const text = "The time for enrolling a device is over; connect again if it is not enrolled yet.";
  disconnect(connection, reasonCode.maximumConnectTime, {
    text,
    ending: { reason: text, will: "discard" },
  });
}

/** What judging these connections again will ask the registry. */
function lookupsOf(connections: readonly Connection[]): Refreshed {
  const credentials = connections.flatMap(({ session }) => session?.credential ?? []);
  return {
    sha256s: credentials.flatMap((each) => (each.kind === "certificate" ? [each.sha256] : [])),
    deviceIds: credentials.flatMap((each) => {
      if (each.kind === "token") return [each.userName];
      return each.kind === "sas" || each.kind === "psk" ? [each.deviceId] : [];
    }),
    usernames: credentials.flatMap((each) => (each.kind === "service" ? [each.username] : [])),
  };
}

/** Whether a device has a session here that was made with this certificate. */
export function hasSessionWith(
  gateway: Pick<MqttGateway, "sessions">,
  deviceKey: bigint,
  sha256: string,
): boolean {
  return gateway.sessions
    .of({ kind: "device", deviceKey })
    .some(
      ({ session }) =>
        session?.credential.kind === "certificate" && session.credential.sha256 === sha256,
    );
}

/** Judges the sessions of many devices again; what is remembered of these devices is forgotten. */
export async function recheckDevices(
  gateway: Judging,
  deviceKeys: ReadonlySet<bigint>,
): Promise<void> {
  gateway.registry.forgetMany(deviceKeys);
  const connections = [...deviceKeys].flatMap((deviceKey) =>
    gateway.sessions.of({ kind: "device", deviceKey }),
  );
  await judge(gateway, connections);
}

/** Judges all sessions again: certificates expire, and a notification may have been lost. */
export async function recheckAll(gateway: MqttGateway): Promise<void> {
  await judge(gateway, gateway.sessions.all());
}

async function judge(gateway: Judging, connections: readonly Connection[]): Promise<void> {
  for (let at = 0; at < connections.length; at += atOnce) {
    const part = connections.slice(at, at + atOnce);
    await gateway.registry.refresh(lookupsOf(part));
    for (const connection of part) await recheckOne(gateway, connection);
  }
}
