import { identify } from "#server/gateway/identify/identify.ts";
import type { Refreshed } from "#server/gateway/identify/registry.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { RefusalCause } from "#server/gateway/refusal.ts";

const atOnce = 500;

/** Expiry is nobody's decision; everything else that ends a session here is an operator's. */
function codeFor(cause: RefusalCause): number {
  return cause === "expired" ? reasonCode.notAuthorized : reasonCode.administrativeAction;
}

/** Judges a session again by what the registry says now; who may not go on is disconnected. */
async function recheckOne(gateway: MqttGateway, connection: Connection): Promise<void> {
  const session = connection.session;
  if (session === undefined || connection.state !== "connected") return;
  const found = await identify(gateway.registry, session.credential, new Date(gateway.now()));
  if (found.principal !== undefined) {
    session.principal = found.principal;
    return;
  }
  const { refusal } = found;
  connection.record(refusal);
  connection.disconnect(codeFor(refusal.cause), `${refusal.detail} ${refusal.remedy}`, {
    reason: refusal.detail,
    // It may not speak any more, so its will is not published either.
    will: false,
  });
}

/** Judges the sessions of a device again after it changed. */
export async function recheckDevice(gateway: MqttGateway, deviceKey: bigint): Promise<void> {
  gateway.registry.forget(deviceKey);
  for (const connection of gateway.sessions.ofDevice(deviceKey)) {
    await recheckOne(gateway, connection);
  }
}

/** What judging these connections again will ask the registry. */
function lookupsOf(connections: readonly Connection[]): Refreshed {
  const credentials = connections.flatMap(({ session }) => session?.credential ?? []);
  return {
    sha256s: credentials.flatMap((each) => (each.kind === "certificate" ? [each.sha256] : [])),
    deviceIds: credentials.flatMap((each) => {
      if (each.kind === "token") return [each.userName];
      return each.kind === "sas" ? [each.deviceId] : [];
    }),
    usernames: credentials.flatMap((each) => (each.kind === "service" ? [each.username] : [])),
  };
}

/** Judges all sessions again: certificates expire, and a notification may have been lost. */
export async function recheckAll(gateway: MqttGateway): Promise<void> {
  const connections = gateway.sessions.all();
  for (let at = 0; at < connections.length; at += atOnce) {
    const part = connections.slice(at, at + atOnce);
    await gateway.registry.refresh(lookupsOf(part));
    for (const connection of part) await recheckOne(gateway, connection);
  }
}
