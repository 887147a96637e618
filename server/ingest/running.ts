/**
 * States of a message: queued (accepted, stages run), in a batch (its transaction is tried until it
 * commits), settled (its origin was told, then its subscribers). Batches follow each other; while one
 * commits the next gathers, which is what makes them grow under load and stay small without.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { receivedAtOf, tenantOf } from "#server/ingest/accepted.ts";
import type { Outgoing } from "#server/ingest/batch-fanout.ts";
import { crashMaybe, type Failpoint } from "#server/ingest/failpoint.ts";
import type { FleetCounters } from "#server/ingest/fleet-counters.ts";
import type { gatherLatest } from "#server/ingest/latest.ts";
import type {
  AcceptedMessage,
  InboundMessage,
  Ingest,
  RelayedMessage,
  Settlement,
} from "#server/pipeline/message.ts";
import { tellContacts } from "#server/ingest/contacts.ts";
import { countByOutcome } from "#server/ingest/count-by-outcome.ts";
import { noContent, runStages, type Content } from "#server/pipeline/run-stages.ts";
import type { createProfileCache } from "#server/ingest/profiles.ts";
import { liveMessagesOf } from "#server/ingest/publish.ts";
import { defaultQueueLimits, IngestQueue } from "#server/ingest/queue.ts";
import { resolveBatch, type Queued, type StageRunner } from "#server/ingest/resolve-batch.ts";
import { reasonOf, type Outage } from "#server/ingest/retry.ts";
import type { RollupKeeper } from "#server/ingest/rollups/keeper.ts";
import { refuse, type Stage } from "#server/pipeline/stage.ts";
import type { Sampler } from "#server/ingest/sampler.ts";
import type { IngestOptions, RunningIngest } from "#server/ingest/start.ts";
import { offerTail } from "#server/ingest/tail.ts";
import type { TurnedAway } from "#server/ingest/turned-away.ts";
import type { BatchWriter } from "#server/ingest/writer.ts";

/** Turned away publications reach the ledger within this time also when nothing else is stored. */
const turnedAwayEveryMs = 1000;

type Parts = {
  readonly outage: Outage;
  readonly profiles: ReturnType<typeof createProfileCache>;
  readonly writer: BatchWriter;
  readonly rollups: RollupKeeper;
  readonly latest: ReturnType<typeof gatherLatest>;
  readonly fleet: FleetCounters;
  readonly samples: Sampler;
  readonly turnedAway: TurnedAway;
};

type Options = IngestOptions & { readonly failpoint: Failpoint };

/** A batch whose transaction is done; its messages are not told yet. */
type Committed = {
  readonly batch: readonly Queued[];
  readonly settlements: readonly Settlement[];
  readonly outgoing: readonly Outgoing[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
};

/** The pipeline at work. */
export class Running {
  readonly #options: Options;
  readonly #signal: AbortSignal;
  readonly #parts: Parts;
  readonly #queue: IngestQueue;
  readonly #timer: NodeJS.Timeout;
  #work: Promise<void> | undefined;
  #inFlightSince: number | undefined;
  #mustCount = false;

  constructor(options: Options, signal: AbortSignal, parts: Parts) {
    this.#options = options;
    this.#signal = signal;
    this.#parts = parts;
    this.#queue = new IngestQueue(options.limits ?? defaultQueueLimits);
    this.#timer = setInterval(() => this.#countTurnedAway(), turnedAwayEveryMs);
  }

  handle(stopping: AbortController): RunningIngest {
    const { profiles, fleet, writer } = this.#parts;
    void writer.warm();
    return {
      ingest: this.#ingest(),
      fleet,
      lagMs: () => this.#lagMs(),
      invalidateProfile: (profileId) => profiles.invalidate(profileId),
      reloadProfiles: () => profiles.reload(),
      stop: (drainMs) => this.#stop(stopping, drainMs),
    };
  }

  #ingest(): Ingest {
    const queue = this.#queue;
    const { fleet, turnedAway } = this.#parts;
    const { received, messages } = this.#options.metrics;
    return {
      accept: (message) => this.#accept(message),
      relay: (message) => this.#relay(message),
      shed: (message) => {
        turnedAway.shed(message);
        fleet.turnedAway(tenantOf(message));
        received.inc();
        messages.inc({ outcome: "shed", reason: "" });
      },
      reject: (at, reason) => {
        turnedAway.reject(at, reason);
        fleet.turnedAway(at.tenantId);
        received.inc();
        messages.inc({ outcome: "rejected", reason });
      },
      get hasRoom() {
        return queue.hasRoom;
      },
      onceRoom: (callback) => queue.onceRoom(callback),
    };
  }

  #accept(message: InboundMessage): void {
    const { failpoint } = this.#options;
    if (failpoint.kind === "crash") crashMaybe(failpoint, "before-parse");
    const { profiles, fleet } = this.#parts;
    const profile = profiles.peek(message.device.profileId);
    const result = profile === undefined ? undefined : this.#runStages(message, profile);
    fleet.received(message.device.tenantId);
    this.#enqueue({ message, result });
  }

  #relay(message: RelayedMessage): void {
    this.#parts.fleet.received(message.tenantId);
    this.#enqueue({ message, result: noContent });
  }

  #enqueue(entry: Queued): void {
    this.#queue.push(entry);
    const { failpoint } = this.#options;
    if (failpoint.kind === "ack-before-commit") this.#tell(entry.message, { outcome: "stored" });
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

  /** What was turned away is counted with the next batch; without one, with an empty one. */
  #countTurnedAway(): void {
    if (this.#work !== undefined || this.#parts.turnedAway.isEmpty) return;
    this.#mustCount = true;
    this.#start();
  }

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
    while (this.#queue.hasWaiting || this.#mustCount) {
      this.#mustCount = false;
      const committing = this.#commit(this.#queue.cut());
      if (committed !== undefined) {
        // The next batch is on its way to the database before the last one is told about.
        await new Promise<void>((resolve) => setImmediate(resolve));
        this.#settle(committed);
      }
      committed = await committing;
      crashMaybe(this.#options.failpoint, "after-commit");
      if (!this.#queue.hasWaiting) {
        this.#settle(committed);
        committed = undefined;
      }
    }
  }

  async #commit(batch: readonly Queued[]): Promise<Committed> {
    const { db, clock, failpoint } = this.#options;
    const startedAt = clock();
    const [oldest] = batch;
    this.#inFlightSince = oldest === undefined ? undefined : receivedAtOf(oldest.message);
    const { profiles, writer, outage, turnedAway } = this.#parts;
    const counts = turnedAway.take();
    for (;;) {
      this.#signal.throwIfAborted();
      try {
        const staged = await resolveBatch({ db, profiles, run: this.#runStages }, batch);
        crashMaybe(failpoint, "after-parse");
        return { batch, startedAt, ...(await writer.write(staged, counts)) };
      } catch (error) {
        await outage.wait(error);
      }
    }
  }

  /** Publishers first: their answer does not wait for anybody's subscribers. */
  #settle(committed: Committed): void {
    const { batch, settlements, outgoing } = committed;
    const { clock, failpoint, contact, live } = this.#options;
    const settledAt = clock();
    for (const [index, { message, result }] of batch.entries()) {
      const settlement = settlements[index];
      if (settlement === undefined || result === undefined) {
        throw new Error("A committed message has no settlement.");
      }
      if (failpoint.kind !== "ack-before-commit") this.#tell(message, settlement);
      this.#parts.fleet.settled(message, settlement, settledAt);
      if (live.wantsTail(tenantOf(message))) offerTail(live, message, settlement);
      if (message.device === undefined) continue;
      if (contact !== undefined) tellContacts(contact, message, result);
      this.#publish(message, result, settlement);
    }
    for (const each of outgoing) this.#passOn(each);
    this.#queue.settled(batch);
    if (this.#queue.length === 0) this.#inFlightSince = undefined;
    if (batch.length > 0) this.#measure(committed, settledAt);
  }

  #measure({ batch, settlements, startedAt }: Committed, settledAt: number): void {
    const { metrics } = this.#options;
    metrics.received.inc(batch.length);
    metrics.batchMessages.observe(batch.length);
    metrics.commitSeconds.observe((settledAt - startedAt) / 1000);
    for (const [key, count] of countByOutcome(settlements)) {
      const [outcome = "", reason = ""] = key.split(" ");
      metrics.messages.inc({ outcome, reason }, count);
    }
  }

  #tell(message: AcceptedMessage, settlement: Settlement): void {
    try {
      message.origin.settle(message, settlement);
    } catch (error) {
      // A connection that fails must not keep the others of its batch from their answer.
      this.#options.log.error({ event: "settle.failed", reason: reasonOf(error) });
    }
  }

  #passOn({ plan, seqs }: Outgoing): void {
    try {
      this.#options.fanout?.deliver(plan, seqs);
    } catch (error) {
      // As above; what is kept for sessions is read again from the database.
      this.#options.log.error({ event: "fanout.failed", reason: reasonOf(error) });
    }
  }

  #publish(message: InboundMessage, result: Stage<Content>, settlement: Settlement): void {
    const { live } = this.#options;
    const { tenantId, deviceKey } = message.device;
    if (result.ok && settlement.outcome === "stored") {
      for (const reading of result.value.readings) this.#parts.latest.note(reading);
      if (result.value.readings.length > 0) this.#parts.samples.offer(message);
    }
    live.watched(tenantId, deviceKey)?.offer(liveMessagesOf(message, result, settlement));
  }

  #lagMs(): number {
    const oldest = this.#inFlightSince ?? this.#queue.oldestReceivedAt;
    return oldest === undefined ? 0 : Math.max(0, this.#options.clock() - oldest);
  }

  async #stop(stopping: AbortController, drainMs: number): Promise<void> {
    const patience = sleep(drainMs, undefined, { ref: false });
    clearInterval(this.#timer);
    await Promise.race([this.#work, patience]);
    this.#countTurnedAway();
    await Promise.race([this.#work, patience]);
    stopping.abort();
    this.#parts.writer.close();
    await this.#work;
    const { latest, samples, rollups } = this.#parts;
    const written = Promise.all([latest.stop(), samples.stop(), rollups.stop()]);
    await Promise.race([written, sleep(1000, undefined, { ref: false })]);
  }
}
