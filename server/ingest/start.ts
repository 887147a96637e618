import type { Fanout } from "#server/broker/fanout.ts";
import type { Database } from "#server/db/client.ts";
import { writeMessageSamples } from "#server/db/write-message-samples.ts";
import { mergeLatest } from "#server/db/merge-latest.ts";
import type { openWriter } from "#server/db/writer-connection.ts";
import { crashMaybe, type Failpoint } from "#server/ingest/failpoint.ts";
import { countFleet, type FleetCounters } from "#server/ingest/fleet-counters.ts";
import { gatherLatest } from "#server/ingest/latest.ts";
import type { DeviceIdentity, Ingest } from "#server/pipeline/message.ts";
import { createProfileCache } from "#server/ingest/profiles.ts";
import type { QueueLimits } from "#server/ingest/queue.ts";
import { watchOutage } from "#server/ingest/retry.ts";
import { gatherSamples } from "#server/ingest/sampler.ts";
import { createRollupKeeper } from "#server/ingest/rollups/keeper.ts";
import { Running } from "#server/ingest/running.ts";
import { countTurnedAway } from "#server/ingest/turned-away.ts";
import { createBatchWriter } from "#server/ingest/writer.ts";
import type { LiveBus } from "#server/live/bus.ts";
import type { Log } from "#server/observability/log.ts";
import type { Metrics } from "#server/observability/metrics.ts";

/** What a message tells of its device. */
export type Contact = {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** As of when it says that the device is alive; undefined: as of its receipt. */
  readonly eventAt?: number | undefined;
  /** As a state names it; undefined where this message does not. */
  readonly firmware?: string | undefined;
};

export type IngestOptions = {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly live: LiveBus;
  readonly workerId: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Epoch milliseconds, fractional. */
  readonly clock: () => number;
  /** Subscribers; without it there are none, and what is retained is kept nevertheless. */
  readonly fanout?: Fanout;
  /** Told of every message after its commit, for the device's presence. */
  readonly contact?: (device: DeviceIdentity, contact: Contact) => void;
  readonly failpoint?: Failpoint;
  readonly limits?: QueueLimits;
  /** How the writer's connection is opened; tests put faults into it. */
  readonly openWriter?: typeof openWriter;
  /** What keeps the rollups; tests look into it. */
  readonly createRollupKeeper?: typeof createRollupKeeper;
};

/** The pipeline as the worker composes it. */
export type RunningIngest = {
  readonly ingest: Ingest;
  readonly fleet: FleetCounters;
  /** Age of the oldest message that is not committed, milliseconds. */
  lagMs(): number;
  /** The profile changed. */
  invalidateProfile(profileId: string): void;
  /** Reads known profiles again. */
  reloadProfiles(): Promise<void>;
  /** Commits and settles what was accepted, for as long as `drainMs`, then stops. */
  stop(drainMs: number): Promise<void>;
};

/**
 * Starts the pipeline: accept, stages, one transaction per batch, settlement, fan-out to
 * subscribers, live, latest values.
 */
export function startIngest(options: IngestOptions): RunningIngest {
  const { db, log, clock, workerId, fanout, failpoint = { kind: "none" } } = options;
  const stopping = new AbortController();
  const outage = watchOutage({ log, signal: stopping.signal, clock });
  const beforeCommit =
    failpoint.kind === "crash" && failpoint.place === "mid-batch"
      ? () => crashMaybe(failpoint, "mid-batch")
      : undefined;
  const rollups = (options.createRollupKeeper ?? createRollupKeeper)(options);
  const writer = createBatchWriter({
    db,
    workerId,
    outage,
    log,
    fanout,
    rollups,
    beforeCommit,
    ...(options.openWriter === undefined ? {} : { open: options.openWriter }),
  });
  const running = new Running({ ...options, failpoint }, stopping.signal, {
    outage,
    writer,
    rollups,
    profiles: createProfileCache(db),
    samples: gatherSamples({ write: (rows) => writeMessageSamples(db, rows), log }),
    latest: gatherLatest({ write: (rows) => mergeLatest(db, rows), log }),
    fleet: countFleet(),
    turnedAway: countTurnedAway(),
  });
  return running.handle(stopping);
}
