import { nameOf } from "#server/gateway/identify/principal.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { disconnect } from "#server/gateway/mqtt/ending.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";

/**
 * Another connection has the session now, here or on another worker: the older one is told and
 * closed [MQTT-3.1.4-3].
 * @param remote address of the other; empty when this worker was silent for so long that the session
 *   was ended, and its will published, by the others
 */
export function endTakenOver(connection: Connection, remote: string): void {
  const { session, gateway } = connection;
  if (session === undefined || connection.isOver) return;
  const { key, clientId, principal } = session;
  if (remote === "") {
    const text = "The server was too slow, and the session was given to its other workers.";
    disconnect(connection, reasonCode.sessionTakenOver, {
      text,
      // Published a second time, "offline" could be the last that is heard of a client that came back.
      ending: { reason: text, will: "discard", replaced: true },
    });
    return;
  }
  const refusal = gateway.takeOvers.note({ key, clientId, remote, name: nameOf(principal) });
  if (refusal !== undefined) connection.record(refusal);
  const text = `Another connection with the client id ${clientId}, from ${remote}, took over.`;
  disconnect(connection, reasonCode.sessionTakenOver, {
    text,
    ending: { reason: text, will: "publish", replaced: true },
  });
}
