import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "#server/db/client.ts";
import { mergeLatest } from "#server/db/merge-latest.ts";
import type { Failpoint } from "#server/ingest/failpoint.ts";
import { countFleet, type FleetCounters } from "#server/ingest/fleet-counters.ts";
import { gatherLatest } from "#server/ingest/latest.ts";
import type { DeviceIdentity, InboundMessage, Ingest, Settlement } from "#server/ingest/message.ts";
import { runStages } from "#server/ingest/pipeline.ts";
import { createProfileCache } from "#server/ingest/profiles.ts";
import { liveMessagesOf } from "#server/ingest/publish.ts";
import { defaultQueueLimits, IngestQueue, type QueueLimits } from "#server/ingest/queue.ts";
import { resolveBatch, type Queued, type StageRunner } from "#server/ingest/resolve-batch.ts";
import { reasonOf, watchOutage } from "#server/ingest/retry.ts";
import { refuse } from "#server/ingest/stage.ts";
import { createBatchWriter } from "#server/ingest/writer.ts";
import type { LiveBus } from "#server/live/bus.ts";
import type { Log } from "#server/observability/log.ts";
import type { Metrics } from "#server/observability/metrics.ts";

export type IngestOptions = {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly live: LiveBus;
  readonly workerId: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Epoch milliseconds, fractional. */
  readonly clock: () => number;
  /** Told of every message after its commit, for the device's presence. */
  readonly contact?: (device: DeviceIdentity, receivedAt: number) => void;
  readonly failpoint?: Failpoint;
  readonly limits?: QueueLimits;
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

/** Starts the pipeline: accept, stages, one transaction per batch, settlement, live, latest values. */
export function startIngest(options: IngestOptions): RunningIngest {
  const { db, log, clock, workerId } = options;
  const stopping = new AbortController();
  const outage = watchOutage({ log, signal: stopping.signal, clock });
  const running = new Running(options, stopping.signal, {
    outage,
    profiles: createProfileCache(db),
    writer: createBatchWriter({ db, workerId, outage, log }),
    latest: gatherLatest({ write: (rows) => mergeLatest(db, rows), log }),
    fleet: countFleet(),
  });
  return running.handle(stopping);
}

type Parts = {
  readonly outage: ReturnType<typeof watchOutage>;
  readonly profiles: ReturnType<typeof createProfileCache>;
  readonly writer: ReturnType<typeof createBatchWriter>;
  readonly latest: ReturnType<typeof gatherLatest>;
  readonly fleet: FleetCounters;
};

/** A batch whose transaction is done; its messages are not told yet. */
type Committed = {
  readonly batch: readonly Queued[];
  readonly settlements: readonly Settlement[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
};

/**
 * States of a message: queued (accepted, stages run), in a batch (its transaction is tried until it
 * commits), settled (its origin was told). Batches follow each other; while one commits the next
 * gathers, which is what makes them grow under load and stay small without.
 */
class Running {
  readonly #options: IngestOptions;
  readonly #signal: AbortSignal;
  readonly #parts: Parts;
  readonly #queue: IngestQueue;
  readonly #failpoint: Failpoint;
  #work: Promise<void> | undefined;
  #inFlightSince: number | undefined;

  constructor(options: IngestOptions, signal: AbortSignal, parts: Parts) {
    this.#options = options;
    this.#signal = signal;
    this.#parts = parts;
    this.#queue = new IngestQueue(options.limits ?? defaultQueueLimits);
    this.#failpoint = options.failpoint ?? { kind: "none" };
  }

  handle(stopping: AbortController): RunningIngest {
    const queue = this.#queue;
    const { profiles, fleet, writer } = this.#parts;
    void writer.warm();
    return {
      ingest: {
        accept: (message) => this.#accept(message),
        relay: () => {
          throw new Error("Service clients cannot publish yet.");
        },
        shed: () => undefined,
        reject: () => undefined,
        get hasRoom() {
          return queue.hasRoom;
        },
        onceRoom: (callback) => queue.onceRoom(callback),
      },
      fleet,
      lagMs: () => this.#lagMs(),
      invalidateProfile: (profileId) => profiles.invalidate(profileId),
      reloadProfiles: () => profiles.reload(),
      stop: (drainMs) => this.#stop(stopping, drainMs),
    };
  }

  #accept(message: InboundMessage): void {
    const { profiles, fleet } = this.#parts;
    const profile = profiles.peek(message.device.profileId);
    const result = profile === undefined ? undefined : this.#runStages(message, profile);
    fleet.received(message.device.tenantId);
    this.#queue.push({ message, result });
    if (this.#failpoint.kind === "ack-before-commit") this.#tell(message, { outcome: "stored" });
    this.#start();
  }

  readonly #runStages: StageRunner = (message, profile) => {
    try {
      return runStages(message, profile);
    } catch (error) {
      this.#options.log.error({
        event: "stage.failed",
        deviceId: message.device.deviceId,
        reason: reasonOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
      return refuse("unsupported-value", "The message could not be processed; the log says why.");
    }
  };

  /** The batch starts after the event loop has read what the sockets hold. */
  #start(): void {
    this.#work ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#run())
      .catch((error: unknown) => {
        if (this.#signal.aborted) return;
        this.#options.log.fatal({ event: "ingest.failed", reason: reasonOf(error) });
        throw error;
      })
      .finally(() => {
        this.#work = undefined;
        // A message that came between the last look and now found work and did not start any.
        if (this.#queue.hasWaiting && !this.#signal.aborted) this.#start();
      });
  }

  async #run(): Promise<void> {
    let committed: Committed | undefined;
    while (this.#queue.hasWaiting) {
      const committing = this.#commit(this.#queue.cut());
      if (committed !== undefined) {
        // The next batch is on its way to the database before the last one is told about.
        await new Promise<void>((resolve) => setImmediate(resolve));
        this.#settle(committed);
      }
      committed = await committing;
      this.#crashMaybe();
      if (!this.#queue.hasWaiting) {
        this.#settle(committed);
        committed = undefined;
      }
    }
  }

  async #commit(batch: readonly Queued[]): Promise<Committed> {
    const { db, clock } = this.#options;
    const startedAt = clock();
    this.#inFlightSince = batch[0]?.message.receivedAt;
    const { profiles, writer, outage } = this.#parts;
    for (;;) {
      this.#signal.throwIfAborted();
      try {
        const staged = await resolveBatch({ db, profiles, run: this.#runStages }, batch);
        return { batch, settlements: await writer.write(staged), startedAt };
      } catch (error) {
        await outage.wait(error);
      }
    }
  }

  #settle({ batch, settlements, startedAt }: Committed): void {
    const { metrics, clock } = this.#options;
    const settledAt = clock();
    for (const [index, { message, result }] of batch.entries()) {
      const settlement = settlements[index];
      if (settlement === undefined || result === undefined) {
        throw new Error("A committed message has no settlement.");
      }
      if (this.#failpoint.kind !== "ack-before-commit") this.#tell(message, settlement);
      this.#parts.fleet.settled(message, settlement, settledAt);
      this.#options.contact?.(message.device, message.receivedAt);
      this.#publish({ message, result }, settlement);
    }
    this.#queue.settled(batch);
    if (this.#queue.length === 0) this.#inFlightSince = undefined;
    metrics.received.inc(batch.length);
    metrics.batchMessages.observe(batch.length);
    metrics.commitSeconds.observe((settledAt - startedAt) / 1000);
    for (const [key, count] of countByOutcome(settlements)) {
      const [outcome = "", reason = ""] = key.split(" ");
      metrics.messages.inc({ outcome, reason }, count);
    }
  }

  #tell(message: InboundMessage, settlement: Settlement): void {
    try {
      message.origin.settle(message, settlement);
    } catch (error) {
      // A connection that fails must not keep the others of its batch from their answer.
      this.#options.log.error({ event: "settle.failed", reason: reasonOf(error) });
    }
  }

  #publish({ message, result }: Queued, settlement: Settlement): void {
    if (result === undefined) return;
    const { live } = this.#options;
    const { tenantId, deviceKey } = message.device;
    if (result.ok && settlement.outcome === "stored") {
      for (const reading of result.value) this.#parts.latest.note(reading);
    }
    if (!live.wantsDevice(tenantId, deviceKey)) return;
    live.emit(tenantId, {
      kind: "messages",
      messages: liveMessagesOf(message, result, settlement),
      dropped: 0,
    });
  }

  #crashMaybe(): void {
    if (this.#failpoint.kind !== "crash-after-commit") return;
    if (Math.random() < this.#failpoint.probability) process.kill(process.pid, "SIGKILL");
  }

  #lagMs(): number {
    const oldest = this.#inFlightSince ?? this.#queue.oldestReceivedAt;
    return oldest === undefined ? 0 : Math.max(0, this.#options.clock() - oldest);
  }

  async #stop(stopping: AbortController, drainMs: number): Promise<void> {
    const patience = sleep(drainMs, undefined, { ref: false });
    await Promise.race([this.#work, patience]);
    stopping.abort();
    this.#parts.writer.close();
    await this.#work;
    await Promise.race([this.#parts.latest.stop(), sleep(1000, undefined, { ref: false })]);
  }
}

function countByOutcome(settlements: readonly Settlement[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  let plain = 0;
  for (const settlement of settlements) {
    if (settlement.outcome === "stored") {
      plain += 1;
      continue;
    }
    const reason = settlement.outcome === "dead_lettered" ? ` ${settlement.reason}` : "";
    const key = settlement.outcome + reason;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  if (plain > 0) counts.set("stored", plain);
  return counts;
}
