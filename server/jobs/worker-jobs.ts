import type { Database } from "#server/db/client.ts";
import { disconnectOrphanedDevices } from "#server/db/disconnect-orphaned-devices.ts";
import { ensurePartitions } from "#server/db/ensure-partitions.ts";
import { forgetConnectionEvents } from "#server/db/forget-connection-events.ts";
import { forgetDeadWorkers } from "#server/db/forget-dead-workers.ts";
import { forgetRecentMessages } from "#server/db/forget-recent-messages.ts";
import type { Job } from "#server/jobs/runner.ts";

/** Fewer days than this and the installation is not ready. */
export const minPartitionsAhead = 2;
/** Three heartbeats missed. */
const silentWorkerSeconds = 15;

/** The periodic work of a worker. */
export function workerJobs(db: Database): readonly Job[] {
  return [
    {
      name: "telemetry.partitions",
      everyMs: 3_600_000,
      run: async () => {
        const { created, aheadBefore, ahead } = await ensurePartitions(db);
        if (ahead < minPartitionsAhead) {
          throw new Error(`Telemetry partitions exist for ${ahead} coming days only.`);
        }
        return `${aheadBefore} days ahead before, ${created} partitions made, ${ahead} days ahead now`;
      },
    },
    {
      name: "telemetry.recent_messages",
      everyMs: 60_000,
      run: async () => `${await forgetRecentMessages(db)} keys left the window`,
    },
    {
      name: "devices.connection_events",
      everyMs: 3_600_000,
      run: async () => `${await forgetConnectionEvents(db)} comings and goings were too old`,
    },
    {
      name: "workers.dead",
      everyMs: 10_000,
      run: async () => {
        const devices = await disconnectOrphanedDevices(db, silentWorkerSeconds);
        const workers = await forgetDeadWorkers(db);
        return `${devices} devices marked disconnected, ${workers} workers forgotten`;
      },
    },
  ];
}
