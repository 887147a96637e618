import type { Database } from "#server/db/client.ts";
import { silentWorkerSeconds } from "#server/db/beat-worker.ts";
import { disconnectOrphanedDevices } from "#server/db/disconnect-orphaned-devices.ts";
import { ensurePartitions } from "#server/db/ensure-partitions.ts";
import { forgetConnectionEvents } from "#server/db/forget-connection-events.ts";
import { forgetPresenceEvents } from "#server/db/forget-presence-events.ts";
import { forgetMessageSamples } from "#server/db/forget-message-samples.ts";
import { forgetDeadWorkers } from "#server/db/forget-dead-workers.ts";
import { forgetRecentMessages } from "#server/db/forget-recent-messages.ts";
import { deadLetterRetention } from "#server/jobs/dead-letter-retention.ts";
import { deviceLocation } from "#server/jobs/device-location.ts";
import { deviceErasure } from "#server/jobs/device-erasure.ts";
import { readingOrder } from "#server/jobs/reading-order.ts";
import { rollupRebuild } from "#server/jobs/rollups.ts";
import { storeSamples } from "#server/jobs/store-samples.ts";
import { createSteadiness } from "#server/jobs/steadiness.ts";
import type { Job } from "#server/jobs/runner.ts";

/** Fewer days than this and the installation is not ready. */
export const minPartitionsAhead = 2;

const deadEveryMs = 10_000;

/** Periodic work whose runs may take seconds; a worker that starts does not wait for them. */
export function longJobs(db: Database): readonly Job[] {
  return [rollupRebuild(db), readingOrder(db)];
}

/**
 * The periodic work of a worker.
 * @param now epoch milliseconds
 */
export function workerJobs(db: Database, now: () => number = Date.now): readonly Job[] {
  // Two heartbeats of another worker lie between two runs.
  const steadiness = createSteadiness({
    gapMs: deadEveryMs * 2.5,
    patienceMs: deadEveryMs * 0.9,
  });
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
      name: "devices.presence_events",
      everyMs: 3_600_000,
      run: async () => `${await forgetPresenceEvents(db)} changes of presence were too old`,
    },
    {
      name: "messages.samples",
      everyMs: 600_000,
      run: async () => `${await forgetMessageSamples(db)} samples were too old or too many`,
    },
    storeSamples(db),
    deadLetterRetention(db),
    deviceErasure(db, now),
    deviceLocation(db, now),
    {
      name: "workers.dead",
      everyMs: deadEveryMs,
      run: async () => {
        const isSteady = steadiness.isSteady(now());
        steadiness.answered(now());
        const devices = isSteady ? await disconnectOrphanedDevices(db, silentWorkerSeconds) : 0;
        const workers = await forgetDeadWorkers(db);
        return `${devices} devices marked disconnected, ${workers} workers forgotten`;
      },
    },
  ];
}
