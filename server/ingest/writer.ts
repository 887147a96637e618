import type { Database } from "#server/db/client.ts";
import { classifyFailure } from "#server/db/database-failure.ts";
import { openWriter, type WriterConnection } from "#server/db/writer-connection.ts";
import { commitBatch, type Staged } from "#server/ingest/commit-batch.ts";
import type { Settlement } from "#server/ingest/message.ts";
import { reasonOf, type Outage } from "#server/ingest/retry.ts";
import { refuse } from "#server/ingest/stage.ts";
import type { Log } from "#server/observability/log.ts";
import { CopyEncoder } from "#server/telemetry/copy-encoder.ts";

/** Writes batches, one after the other, until each is committed. */
export type BatchWriter = {
  /**
   * Resolves when every message is stored or kept as a dead letter, however long the database is
   * away; rejects only when the worker stops.
   * @returns the settlements, in the order of the messages
   */
  write(messages: readonly Staged[]): Promise<readonly Settlement[]>;
  /** Opens the connection ahead of the first batch; when that fails the first batch does it. */
  warm(): Promise<void>;
  close(): void;
};

/** After a repeated row more are likely: a device that reconnects sends its backlog again. */
const batchesThroughStaging = 8;

export type WriterOptions = {
  readonly db: Database;
  readonly workerId: string;
  readonly outage: Outage;
  readonly log: Log;
};

export function createBatchWriter(options: WriterOptions): BatchWriter {
  const writer = new Writer(options);
  return {
    write: (messages) => writer.write(messages),
    warm: () => writer.warm(),
    close: () => writer.close(),
  };
}

/** A batch on its way. */
type Attempted = {
  readonly sequence: number;
  readonly messages: readonly Staged[];
  /** Of the last attempt that sent its COMMIT. */
  decided: readonly Settlement[] | undefined;
};

class Writer {
  readonly #options: WriterOptions;
  readonly #encoder = new CopyEncoder();
  #connection: WriterConnection | undefined;
  #opening: Promise<WriterConnection> | undefined;
  #previousPid: number | undefined;
  #sequence = 0;
  #stagingLeft = 0;
  #isClosed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  async write(messages: readonly Staged[]): Promise<readonly Settlement[]> {
    this.#sequence += 1;
    const batch: Attempted = { sequence: this.#sequence, messages, decided: undefined };
    for (;;) {
      try {
        return await this.#attempt(batch);
      } catch (error) {
        const next = await this.#recover(batch, error);
        if (next === "settled") return batch.decided ?? [];
        if (next === "unstorable") return this.#isolate(messages, error);
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
    try {
      const connection = await openWriter(this.#options.db, this.#previousPid);
      this.#previousPid = undefined;
      this.#connection = connection;
      if (this.#isClosed) this.abandon();
      return connection;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #attempt(batch: Attempted): Promise<readonly Settlement[]> {
    const { workerId, outage } = this.#options;
    const staged = this.#stagingLeft > 0;
    let settlements: readonly Settlement[] = [];
    const connection = await this.#connect();
    await commitBatch({
      connection,
      encoder: this.#encoder,
      workerId,
      sequence: batch.sequence,
      messages: batch.messages,
      staged,
      onDecided: (value) => {
        settlements = value;
        batch.decided = value;
      },
    });
    if (staged) this.#stagingLeft -= 1;
    outage.over();
    return settlements;
  }

  async #recover(batch: Attempted, error: unknown): Promise<"again" | "settled" | "unstorable"> {
    const failure = classifyFailure(error);
    if (failure === "committed" && batch.decided !== undefined) {
      await this.#rollBack();
      return "settled";
    }
    if (failure === "conflict" && this.#stagingLeft === 0) {
      this.#stagingLeft = batchesThroughStaging;
      await this.#rollBack();
      return "again";
    }
    if (failure === "data") {
      await this.#rollBack();
      return "unstorable";
    }
    this.abandon();
    await this.#options.outage.wait(error);
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

  /** Halves a batch that cannot be stored, down to the message that is the cause. */
  async #isolate(messages: readonly Staged[], error: unknown): Promise<readonly Settlement[]> {
    const [first] = messages;
    if (first === undefined) return [];
    if (messages.length > 1) {
      const middle = messages.length >> 1;
      const before = await this.write(messages.slice(0, middle));
      return [...before, ...(await this.write(messages.slice(middle)))];
    }
    const { log, outage } = this.#options;
    const { deviceId } = first.message.device;
    log.error({ event: "message.unstorable", deviceId, reason: reasonOf(error) });
    // A dead letter that fails as well is tried for ever rather than lost, but not in a hurry.
    if (!first.result.ok) await outage.wait(error);
    return this.write([asDeadLetter(first)]);
  }
}

/** What the database refuses although the stages let it through; a dead letter holds only safe text. */
function asDeadLetter({ message, result }: Staged): Staged {
  if (!result.ok) {
    const topic = message.topic.replaceAll(/[^\x20-\x7e]/g, "?");
    return {
      message: { ...message, topic, id: "" },
      result: refuse(result.reason, "The message was refused; its details cannot be stored."),
    };
  }
  return {
    message,
    result: refuse("unsupported-value", "The database cannot store a value of this message."),
  };
}
