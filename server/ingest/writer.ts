import type { Fanout } from "#server/broker/fanout.ts";
import type { Database } from "#server/db/client.ts";
import { classifyFailure, sqlState, type DatabaseFailure } from "#server/db/database-failure.ts";
import { openWriter, type WriterConnection } from "#server/db/writer-connection.ts";
import type { Outgoing } from "#server/ingest/batch-fanout.ts";
import {
  BatchTooWide,
  commitBatch,
  writtenUnseen,
  type Decided,
  type Written,
} from "#server/ingest/commit-batch.ts";
import type { Staged } from "#server/ingest/encode-rows.ts";
import type { LedgerCount } from "#server/ingest/ledger.ts";
import type { Settlement } from "#server/pipeline/message.ts";
import { reasonOf, type Outage } from "#server/ingest/retry.ts";
import type { BatchRollups } from "#server/ingest/rollups/keeper.ts";
import { asUnstorable, Strikes, type UnstorableCause } from "#server/ingest/unstorable.ts";
import type { Log } from "#server/observability/log.ts";
import { CopyEncoder } from "#server/telemetry/copy-encoder.ts";

/** What became of messages that were written, maybe in several transactions. */
export type WrittenBatch = {
  /** In the order of the messages. */
  readonly settlements: readonly Settlement[];
  /** In the order of the transactions. */
  readonly outgoing: readonly Outgoing[];
};

/** Writes batches, one after the other, until each is committed. */
export type BatchWriter = {
  /**
   * Resolves when every message is stored or kept as a dead letter, however long the database is
   * away; rejects only when the worker stops.
   * @param turnedAway counts for the ledger, entered once with these messages
   */
  write(messages: readonly Staged[], turnedAway: readonly LedgerCount[]): Promise<WrittenBatch>;
  /** Opens the connection ahead of the first batch; when that fails the first batch does it. */
  warm(): Promise<void>;
  close(): void;
};

/** After a repeated row more are likely: a device that reconnects sends its backlog again. */
const batchesThroughStaging = 8;
/** Attempts of a batch that follow each other at once; more of them would be a fault of ours. */
const mostHasty = 8;
/** query_canceled: the statement timeout, for one. */
const canceled = "57014";

export type WriterOptions = {
  readonly db: Database;
  readonly workerId: string;
  readonly outage: Outage;
  readonly log: Log;
  readonly fanout: Fanout | undefined;
  readonly rollups: BatchRollups;
  /** @see openWriter */
  readonly open?: typeof openWriter;
  /** For tests: called in each transaction when everything was sent but COMMIT. */
  readonly beforeCommit: (() => void) | undefined;
};

export function createBatchWriter(options: WriterOptions): BatchWriter {
  const writer = new Writer(options);
  return {
    write: (messages, turnedAway) => writer.write(messages, turnedAway),
    warm: () => writer.warm(),
    close: () => writer.close(),
  };
}

/** A batch on its way. */
type Attempted = {
  readonly sequence: number;
  readonly messages: readonly Staged[];
  readonly turnedAway: readonly LedgerCount[];
  /** Of the last attempt that sent its COMMIT. */
  decided: Decided | undefined;
  /** That attempt may have been committed. */
  isUncertain: boolean;
  /** Attempts without a wait between them. */
  hasty: number;
  readonly strikes: Strikes;
};

type Recovery = "again" | "too-wide" | { readonly unstorable: UnstorableCause } | Written;

class Writer {
  readonly #options: WriterOptions;
  readonly #encoder = new CopyEncoder();
  #connection: WriterConnection | undefined;
  #opening: Promise<WriterConnection> | undefined;
  #previousPid: number | undefined;
  #sequence = 0;
  #stagingLeft = 0;
  /** What the database or the way to it threw last; anything else is a fault of ours. */
  #thrownByDatabase: unknown;
  #isClosed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  async write(
    messages: readonly Staged[],
    turnedAway: readonly LedgerCount[],
  ): Promise<WrittenBatch> {
    this.#sequence += 1;
    const batch: Attempted = {
      sequence: this.#sequence,
      messages,
      turnedAway,
      decided: undefined,
      isUncertain: false,
      hasty: 0,
      strikes: new Strikes(),
    };
    const written = await this.#untilWritten(batch);
    this.#options.rollups.settled();
    return written;
  }

  async #untilWritten(batch: Attempted): Promise<WrittenBatch> {
    for (;;) {
      try {
        return asBatch(await this.#attempt(batch));
      } catch (error) {
        const next = await this.#recover(batch, error);
        if (next === "too-wide") return this.#halve(batch);
        if (next === "again") continue;
        if ("unstorable" in next) return this.#isolate(batch, next.unstorable, error);
        return asBatch(next);
      }
    }
  }

  /** Gives the connection up; the next attempt opens another one. */
  abandon(): void {
    this.#previousPid = this.#connection?.backendPid ?? this.#previousPid;
    this.#connection?.close();
    this.#connection = undefined;
    this.#opening = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.abandon();
  }

  async warm(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      this.#options.log.debug({ event: "writer.not_warmed", reason: reasonOf(error) });
    }
  }

  /** One opening at a time: the first batch may come while the connection is being warmed. */
  #connect(): Promise<WriterConnection> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<WriterConnection> {
    const { db, open = openWriter } = this.#options;
    try {
      const connection = await open(db, this.#previousPid);
      this.#previousPid = undefined;
      this.#connection = connection;
      if (this.#isClosed) this.abandon();
      return connection;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #attempt(batch: Attempted): Promise<Written> {
    const { workerId, outage, fanout, rollups, beforeCommit } = this.#options;
    const staged = this.#stagingLeft > 0;
    const written = await commitBatch({
      connection: await this.#connectionToAsk(),
      encoder: this.#encoder,
      workerId,
      sequence: batch.sequence,
      messages: batch.messages,
      turnedAway: batch.turnedAway,
      staged,
      fanout,
      rollups,
      isUncertain: batch.isUncertain,
      onDecided: (decided) => {
        batch.decided = decided;
      },
      onNotCommitted: () => {
        batch.isUncertain = false;
        batch.decided = undefined;
      },
      beforeCommit,
    });
    if (staged) this.#stagingLeft -= 1;
    outage.over();
    return written;
  }

  async #connectionToAsk(): Promise<WriterConnection> {
    try {
      const connection = await this.#connect();
      return {
        ...connection,
        run: async (steps) => {
          try {
            return await connection.run(steps);
          } catch (error) {
            this.#thrownByDatabase = error;
            throw error;
          }
        },
      };
    } catch (error) {
      this.#thrownByDatabase = error;
      throw error;
    }
  }

  async #recover(batch: Attempted, error: unknown): Promise<Recovery> {
    if (error instanceof BatchTooWide) {
      await this.#rollBack();
      return "too-wide";
    }
    if (error !== this.#thrownByDatabase) return this.#recoverFromBug(batch, error);
    const failure = classifyFailure(error);
    if (failure === "committed" && batch.decided !== undefined) {
      await this.#rollBack();
      this.#options.rollups.committedUnseen(batch);
      return writtenUnseen(batch.decided);
    }
    if (isHasty(failure) && batch.hasty < mostHasty) return this.#hurry(batch, failure);
    if (failure === "conflict" && this.#stagingLeft === 0) {
      this.#stagingLeft = batchesThroughStaging;
      await this.#rollBack();
      return "again";
    }
    // The staging table passes over rows that exist, so a conflict then is no repetition.
    if (failure === "data" || failure === "conflict") {
      await this.#rollBack();
      return { unstorable: "data" };
    }
    return this.#recoverFromOutage(batch, error);
  }

  async #recoverFromOutage(batch: Attempted, error: unknown): Promise<Recovery> {
    this.abandon();
    batch.hasty = 0;
    // Others commit and this one never does: it must not keep all that come after it waiting.
    const isOut = sqlState(error) === canceled && batch.strikes.isOut(canceled);
    if (isOut && !batch.isUncertain) return { unstorable: "too-slow" };
    // The answer to COMMIT may be what was lost; what the server answers otherwise is final.
    batch.isUncertain ||= batch.decided !== undefined;
    await this.#options.outage.wait(error);
    return "again";
  }

  /** Nothing is wrong with the database: a message met a fault of ours, and will meet it again. */
  async #recoverFromBug(batch: Attempted, error: unknown): Promise<Recovery> {
    await this.#rollBack();
    // Thrown after COMMIT was sent: the next attempt finds out what became of it.
    batch.isUncertain ||= batch.decided !== undefined;
    if (!batch.strikes.isOut(reasonOf(error)) || batch.isUncertain) return "again";
    this.#options.log.error({ event: "ingest.bug", messages: batch.messages.length, err: error });
    return { unstorable: "bug" };
  }

  /**
   * Tries again without a wait: nothing is wrong with the database. First the routes are read that
   * other workers changed, whose subscribers were promised this batch.
   */
  async #hurry(batch: Attempted, failure: "behind" | "contended" | "taken-over"): Promise<"again"> {
    batch.hasty += 1;
    await this.#rollBack();
    if (failure === "taken-over") this.#options.rollups.takenOver();
    if (failure !== "behind") return "again";
    try {
      await this.#options.fanout?.catchUp();
    } catch (error) {
      await this.#options.outage.wait(error);
    }
    return "again";
  }

  /** Ends an explicit transaction; after an implicit one it changes nothing. */
  async #rollBack(): Promise<void> {
    try {
      await this.#connection?.run([{ statement: "rollback" }]);
    } catch {
      // The next attempt opens another connection, and the server rolls back what this one left.
      this.abandon();
    }
  }

  async #halve({
    messages,
    turnedAway,
  }: Pick<Attempted, "messages" | "turnedAway">): Promise<WrittenBatch> {
    const middle = messages.length >> 1;
    const before = await this.write(messages.slice(0, middle), turnedAway);
    const after = await this.write(messages.slice(middle), []);
    return {
      settlements: [...before.settlements, ...after.settlements],
      outgoing: [...before.outgoing, ...after.outgoing],
    };
  }

  /** Halves a batch that cannot be stored, down to the message that is the cause. */
  async #isolate(
    { messages, turnedAway }: Attempted,
    cause: UnstorableCause,
    error: unknown,
  ): Promise<WrittenBatch> {
    const { log, outage } = this.#options;
    const [first] = messages;
    if (first === undefined) {
      // Counts alone are never refused; if they are, a person must see why.
      log.error({ event: "ledger.unstorable", reason: reasonOf(error) });
      await outage.wait(error);
      return this.write(messages, turnedAway);
    }
    if (messages.length > 1) return this.#halve({ messages, turnedAway });
    const { message } = first;
    const publisher = message.device === undefined ? message.client.name : message.device.deviceId;
    log.error({ event: "message.unstorable", cause, publisher, reason: reasonOf(error) });
    // What fails as a dead letter as well is tried for ever rather than lost, but not in a hurry.
    if (!first.result.ok) await outage.wait(error);
    return this.write([asUnstorable(first, cause)], turnedAway);
  }
}

/** Failures after which nothing is waited for. */
type HastyFailure = Extract<DatabaseFailure, "behind" | "contended" | "taken-over">;

function isHasty(failure: DatabaseFailure): failure is HastyFailure {
  return failure === "behind" || failure === "contended" || failure === "taken-over";
}

function asBatch({ settlements, outgoing }: Written): WrittenBatch {
  return { settlements, outgoing: outgoing === undefined ? [] : [outgoing] };
}
