import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Ending } from "#server/gateway/mqtt/ending.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { publishWill } from "#server/gateway/mqtt/will.ts";

/** The connection of a session has ended: its will, its place in the store, the device's status. */
export function endSession(connection: Connection, session: Session, ending: Ending): void {
  const { gateway } = connection;
  const last = gateway.sessions.release(connection);
  session.outbound.close();
  if (ending.replaced !== true) closeInStore(connection, session, ending);
  else if (isWillDueOnTakeOver(session, ending)) publishWillOf(connection, session);
  if (last && session.facts !== undefined && ending.replaced !== true) {
    gateway.status.disconnected(session.facts, ending.reason);
  }
}

/**
 * [MQTT-3.1.3-9]: a will with a delay is not published when the session goes on; with Clean Start
 * the store gives it to the connection that ended the session. Without a delay it is due.
 */
function isWillDueOnTakeOver({ will }: Session, { will: fate }: Ending): boolean {
  return will !== undefined && fate === "publish" && will.delaySeconds === 0;
}

function publishWillOf(connection: Connection, session: Session): void {
  const { gateway, facts } = connection;
  const { will, principal, key } = session;
  session.will = undefined;
  if (will === undefined) return;
  gateway.background.run("will.not_published", () =>
    publishWill(gateway, { principal, publisher: key, transport: facts.transport }, will),
  );
}

/**
 * A will is published first and only then forgotten by the store, so that it is published also
 * when the worker dies in between: at least once. With a delay it is left to the store's keeper.
 */
function closeInStore(connection: Connection, session: Session, ending: Ending): void {
  const { gateway, facts } = connection;
  const { handle, will, principal, key, outbound } = session;
  session.will = undefined;
  const expirySeconds = ending.expirySeconds ?? handle.expirySeconds;
  // [MQTT-3.1.2-8], [MQTT-3.1.2-10], [MQTT-3.14.4-3]
  const due = ending.will === "publish" ? will : undefined;
  // [MQTT-3.1.3-9]: at the end of its delay or of the session, whichever is first.
  const delaySeconds = due === undefined ? 0 : Math.min(due.delaySeconds, expirySeconds);
  const willDueAt = delaySeconds > 0 ? new Date(gateway.now() + delaySeconds * 1_000) : undefined;
  const sentThrough = outbound.sentThrough;
  gateway.background.run("session.not_closed", async () => {
    if (due !== undefined && willDueAt === undefined) {
      const sender = { principal, publisher: key, transport: facts.transport };
      await publishWill(gateway, sender, due);
    }
    await gateway.store.close(handle, { expirySeconds, willDueAt, sentThrough });
  });
}
