import {
  readRevocations,
  refreshLastContacts,
  revocationPositionBefore,
  writeRevocationChecks,
} from "#server/db/revocation-outbox.ts";
import type { MqttListeners } from "#server/gateway/mqtt/listener.ts";
import { hasSessionWith, recheckDevices } from "#server/gateway/mqtt/recheck.ts";
import { followRevocations } from "#server/gateway/revocations.ts";
import type { Stop, WorkerParts } from "#server/main/worker-parts.ts";

/**
 * Cuts sessions whose certificate was revoked or put on hold, and writes down that it is done.
 * @returns stops it
 * @throws what the database throws
 */
export async function startRevocations(
  parts: Pick<WorkerParts, "db" | "log" | "workerId" | "clock" | "followers">,
  { gateway }: Pick<MqttListeners, "gateway">,
): Promise<Stop> {
  const { db, log, workerId, clock, followers } = parts;
  const follower = await followRevocations({
    outbox: {
      positionBefore: (instant) => revocationPositionBefore(db, instant),
      read: (of) => readRevocations(db, { ...of, workerId }),
      write: (checks) => writeRevocationChecks(db, workerId, checks),
      refreshContacts: (entries) => refreshLastContacts(db, entries),
    },
    sessions: {
      judge: (deviceKeys) => recheckDevices(gateway, deviceKeys),
      has: (deviceKey, sha256) => hasSessionWith(gateway, deviceKey, sha256),
      cuts: gateway.cuts,
    },
    log,
    now: clock,
  });
  followers.set("revocation", () => follower.wake());
  return () => follower.stop();
}
