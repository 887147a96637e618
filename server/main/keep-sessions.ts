import { findServiceClientUsername } from "#server/db/find-service-client-username.ts";
import { publishOverdueWill } from "#server/gateway/mqtt/due-will.ts";
import type { MqttListeners } from "#server/gateway/mqtt/listener.ts";
import { startSessionKeeper } from "#server/jobs/session-keeper.ts";
import type { Broker } from "#server/main/start-broker.ts";
import type { Stop, WorkerParts } from "#server/main/worker-parts.ts";

/** Ends sessions that are past their time and publishes wills that are due. @returns stops it */
export function keepSessions(
  { db, log, workerId }: WorkerParts,
  { store }: Broker,
  { gateway }: MqttListeners,
): Stop {
  return startSessionKeeper({
    store,
    db,
    workerId,
    log,
    publishWill: (due) =>
      publishOverdueWill(gateway, due, (id) => findServiceClientUsername(db, id)),
  });
}
