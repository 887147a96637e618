import { nameOf } from "#server/gateway/identify/principal.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { disconnect } from "#server/gateway/mqtt/ending.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";

/**
 * Another connection has the session now, here or on another worker: the older one is told and
 * closed [MQTT-3.1.4-3].
 * @param remote address of the other
 */
export function endTakenOver(connection: Connection, remote: string): void {
  const { session, gateway } = connection;
  if (session === undefined || connection.isOver) return;
  const { key, clientId, principal } = session;
  const refusal = gateway.takeOvers.note({ key, clientId, remote, name: nameOf(principal) });
  if (refusal !== undefined) connection.record(refusal);
  const text = `Another connection with the client id ${clientId}, from ${remote}, took over.`;
  disconnect(connection, reasonCode.sessionTakenOver, {
    text,
    ending: { reason: text, will: "publish", replaced: true },
  });
}
