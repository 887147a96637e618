import type { IUnsubscribePacket } from "mqtt-packet";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import { endTakenOver } from "#server/gateway/mqtt/take-over.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

/** §3.10: filters are compared character by character [MQTT-3.10.4-1]. */
export function handleUnsubscribe(
  connection: Connection,
  session: Session,
  { messageId = 0, unsubscriptions }: IUnsubscribePacket,
): boolean {
  // Packets are answered in order: what follows waits until this one is.
  connection.hold(hold.store);
  connection.gateway.background.run("unsubscribe.failed", () =>
    unsubscribe(connection, session, messageId, unsubscriptions)
      .catch((error: unknown) => connection.fault(error))
      .finally(() => connection.release(hold.store)),
  );
  return true;
}

async function unsubscribe(
  connection: Connection,
  session: Session,
  messageId: number,
  filters: readonly string[],
): Promise<void> {
  // A packet holds tens of thousands of filters; the store is asked for those there are.
  const known = new Set(filters.filter((filter) => session.subscriptions.has(filter)));
  if (known.size > 0) {
    const deleted = await connection.gateway.store.unsubscribe(session.handle, [...known]);
    if (deleted === undefined) endTakenOver(connection, "elsewhere");
  }
  if (connection.isOver) return;
  for (const filter of known) session.subscriptions.delete(filter);
  // [MQTT-3.10.4-4], [MQTT-3.10.4-5], [MQTT-3.11.3-1]: answered also when nothing was deleted.
  const granted = filters.map((filter) =>
    // Of one that is there twice the second deletes nothing.
    known.delete(filter) ? reasonCode.success : reasonCode.noSubscriptionExisted,
  );
  connection.send({ cmd: "unsuback", messageId, granted });
}
