import type { StoreEvents } from "#server/broker/session-store.ts";
import { disconnect } from "#server/gateway/mqtt/ending.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Sessions } from "#server/gateway/mqtt/sessions.ts";
import { endTakenOver } from "#server/gateway/mqtt/take-over.ts";

/** What the store tells of sessions that are connected here. */
export function createStoreEvents(sessions: Sessions): StoreEvents {
  return {
    takenOver: (key, { generation, remote }) => {
      sessions.takenOver(key, generation);
      const connection = sessions.byKey(key);
      const own = connection?.session?.handle.generation;
      if (connection === undefined || own === undefined || own >= generation) return;
      endTakenOver(connection, remote);
    },
    queued: (sessionId) => sessions.wakeById(sessionId),
    ended: (key) => {
      const connection = sessions.byKey(key);
      if (connection === undefined) return;
      const text = "An operator ended the session.";
      disconnect(connection, reasonCode.administrativeAction, {
        text,
        ending: { reason: text, will: "publish", expirySeconds: 0 },
      });
    },
  };
}
