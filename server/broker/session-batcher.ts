import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { decodeRoute, decodeVersions, type ForeignVersions } from "#server/broker/session-codec.ts";
import type { RouteChange } from "#server/broker/session-store.ts";
import type { Database } from "#server/db/client.ts";
import { classifyFailure, sqlState } from "#server/db/database-failure.ts";
import {
  mqttStoreSession,
  mqttStoreStatements,
  type MqttStoreStatement,
} from "#server/db/mqtt-store-statements.ts";
import type { PipelineStep, StepRows } from "#server/db/pipelined-query.ts";
import {
  openStatementConnection,
  type StatementConnection,
} from "#server/db/statement-connection.ts";

/** A call that waits for its transaction. */
export type Operation = {
  /** As the function `mqtt_apply` takes it, written when its transaction begins; undefined if there is nothing to do. */
  readonly encode: () => object | undefined;
  /** For `open`: what the session holds is read as well. */
  readonly opens?: string;
  /** Nobody waits for it: it may wait for others. */
  readonly isLazy?: boolean;
  /** After the commit; undefined when there was nothing to do. */
  readonly settle: (answer: unknown, opened: unknown) => void;
  /** The database refuses it for good, or the worker stops. */
  readonly fail: (error: Error) => void;
};

export type BatcherOptions = {
  readonly db: Database;
  readonly workerId: string;
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** After the commit and before any call of the transaction resolves. */
  readonly onRoutes: (changes: readonly RouteChange[]) => void;
};

/** The session writer: one connection, one transaction after the other, each takes all that waits. */
export type SessionBatcher = {
  submit(operation: Operation): void;
  /** Takes a waiting operation back. @returns false when it is on its way or done */
  withdraw(operation: Operation): boolean;
  /** Reads what other workers changed. */
  catchUp(): Promise<void>;
  /** What {@link catchUp} goes on from. */
  versions: ForeignVersions;
  readonly waiting: number;
  /** Commits what waits, for as long as `drainMs`, then fails the rest. */
  stop(drainMs: number): Promise<void>;
};

const maxOperations = 1000;
const maxOpens = 250;
const maxBytes = 4 * 1024 * 1024;
/** Of a session that is opened; the rest is read when it is wanted. */
const openPage = { messages: 32, bytes: 64 * 1024 };
const lazyMs = 25;
const firstDelayMs = 50;
const longestDelayMs = 2000;

export function createSessionBatcher(options: BatcherOptions): SessionBatcher {
  return new Batcher(options);
}

type Step = PipelineStep & { readonly statement: MqttStoreStatement };

type Encoded = { readonly operation: Operation; readonly json: string };

/**
 * An operation waits, then is in a transaction that is tried until it commits, then is settled.
 * While one transaction runs the next gathers. A transaction has a number, and the database keeps
 * the newest with its answers: tried again after a COMMIT whose answer was lost, it answers the same.
 */
class Batcher implements SessionBatcher {
  readonly #options: BatcherOptions;
  readonly #stopping = new AbortController();
  versions: ForeignVersions = { known: {}, sum: 0n };
  #waiting: Operation[] = [];
  #catchingUp: PromiseWithResolvers<void> | undefined;
  #connection: StatementConnection<MqttStoreStatement> | undefined;
  #previousPid: number | undefined;
  #sequence: number;
  #work: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #awaySince: number | undefined;
  #delayMs = firstDelayMs;

  constructor(options: BatcherOptions) {
    this.#options = options;
    // Greater than any of an earlier start under the same id.
    this.#sequence = Math.trunc(options.clock() * 1000);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  submit(operation: Operation): void {
    if (this.#stopping.signal.aborted) {
      operation.fail(stopped());
      return;
    }
    this.#waiting.push(operation);
    if (operation.isLazy !== true) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), lazyMs);
  }

  withdraw(operation: Operation): boolean {
    const index = this.#waiting.indexOf(operation);
    if (index !== -1) this.#waiting.splice(index, 1);
    return index !== -1;
  }

  catchUp(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.reject(stopped());
    this.#catchingUp ??= Promise.withResolvers<void>();
    const { promise } = this.#catchingUp;
    this.#start();
    return promise;
  }

  async stop(drainMs: number): Promise<void> {
    this.#start();
    const patience = new AbortController();
    await Promise.race([this.#work, sleep(drainMs, undefined, { signal: patience.signal })]);
    patience.abort();
    this.#stopping.abort();
    this.#abandon();
    await this.#work;
    clearTimeout(this.#timer);
    for (const operation of this.#waiting.splice(0)) operation.fail(stopped());
    this.#catchingUp?.reject(stopped());
    this.#catchingUp = undefined;
  }

  /** What arrives in the same turn of the event loop shares the first transaction. */
  #start(): void {
    this.#work ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#run())
      .finally(() => {
        this.#work = undefined;
        if (this.#hasWork && !this.#stopping.signal.aborted) this.#start();
      });
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#catchingUp !== undefined;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#hasWork && !this.#stopping.signal.aborted) {
      const catchingUp = this.#catchingUp;
      this.#catchingUp = undefined;
      const batch = this.#cut();
      try {
        await this.#commit(batch, catchingUp !== undefined);
        catchingUp?.resolve();
      } catch (error) {
        // Only the end of the worker gets here.
        catchingUp?.reject(error);
        for (const { operation } of batch) operation.fail(stopped());
      }
    }
  }

  #cut(): readonly Encoded[] {
    const batch: Encoded[] = [];
    let taken = 0;
    let opens = 0;
    let bytes = 0;
    for (const operation of this.#waiting) {
      if (taken === maxOperations || opens === maxOpens || bytes > maxBytes) break;
      taken += 1;
      const value = operation.encode();
      if (value === undefined) {
        operation.settle(undefined, undefined);
        continue;
      }
      const json = JSON.stringify(value);
      bytes += json.length;
      if (operation.opens !== undefined) opens += 1;
      batch.push({ operation, json });
    }
    this.#waiting.splice(0, taken);
    return batch;
  }

  /** Tries until it is committed, halving a batch that holds something which the database refuses. */
  async #commit(batch: readonly Encoded[], catchUp: boolean): Promise<void> {
    if (batch.length === 0 && !catchUp) return;
    const steps = this.#stepsOf(batch, catchUp);
    const rows = await this.#try(steps);
    if (!(rows instanceof Error)) {
      this.#settle(batch, steps, rows);
      return;
    }
    if (batch.length > 1) {
      const middle = batch.length >> 1;
      await this.#commit(batch.slice(0, middle), false);
      await this.#commit(batch.slice(middle), false);
    } else {
      batch[0]?.operation.fail(rows);
    }
    await this.#commit([], catchUp);
  }

  #stepsOf(batch: readonly Encoded[], catchUp: boolean): readonly Step[] {
    const { workerId } = this.#options;
    const steps: Step[] = [];
    const keys = batch.flatMap(({ operation }) => operation.opens ?? []);
    if (batch.length > 0) {
      this.#sequence += 1;
      const operations = `[${batch.map(({ json }) => json).join(",")}]`;
      const parameters = [workerId, String(this.#sequence), operations];
      steps.push({ statement: "apply", parameters });
      steps.push({ statement: "ownChanges", parameters: [workerId] });
    }
    if (keys.length > 0) {
      const { messages, bytes } = openPage;
      const parameters = [workerId, JSON.stringify(keys), String(messages), String(bytes)];
      steps.push({ statement: "opened", parameters });
    }
    if (catchUp) {
      const known = JSON.stringify(this.versions.known);
      steps.push({ statement: "foreignChanges", parameters: [workerId, known] });
    }
    return steps;
  }

  /** @returns the rows of each step, or why the database will never take them */
  async #try(steps: readonly Step[]): Promise<readonly StepRows[] | Error> {
    for (;;) {
      this.#stopping.signal.throwIfAborted();
      try {
        const connection = await this.#connect();
        const rows = await connection.run(steps);
        this.#isBack();
        return rows;
      } catch (error) {
        if (classifyFailure(error) === "data") return refused(error);
        if (!isContention(error)) this.#abandon();
        await this.#wait(error);
      }
    }
  }

  #settle(batch: readonly Encoded[], steps: readonly Step[], rows: readonly StepRows[]): void {
    const rowsOf = (statement: MqttStoreStatement): StepRows =>
      rows[steps.findIndex((step) => step.statement === statement)] ?? [];
    const [versions, ...foreign] = rowsOf("foreignChanges");
    const changes = [...foreign, ...rowsOf("ownChanges")].map((row) => decodeRoute(parse(row)));
    if (changes.length > 0) this.#options.onRoutes(changes);
    if (versions !== undefined) this.versions = decodeVersions(parse(versions));
    const opened = rowsOf("opened")[Symbol.iterator]();
    for (const [index, answer] of rowsOf("apply").entries()) {
      const operation = batch[index]?.operation;
      const held = operation?.opens === undefined ? "" : (opened.next().value ?? "");
      operation?.settle(parse(answer), parse(held));
    }
  }

  async #connect(): Promise<StatementConnection<MqttStoreStatement>> {
    this.#connection ??= await openStatementConnection(this.#options.db, {
      session: mqttStoreSession,
      statements: mqttStoreStatements,
      previousPid: this.#previousPid,
    });
    this.#previousPid = undefined;
    return this.#connection;
  }

  /** Gives the connection up; the next attempt opens another one. */
  #abandon(): void {
    this.#previousPid = this.#connection?.backendPid ?? this.#previousPid;
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #wait(error: unknown): Promise<void> {
    const { log, clock } = this.#options;
    if (this.#awaySince === undefined) {
      this.#awaySince = clock();
      log.warn(
        { event: "sessions.waiting", code: sqlState(error), reason: wordsOf(error) },
        "The database does not take sessions; connections wait until it does.",
      );
    }
    const patience = this.#delayMs;
    this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs);
    await sleep(patience, undefined, { signal: this.#stopping.signal });
  }

  #isBack(): void {
    if (this.#awaySince === undefined) return;
    const awayMs = Math.round(this.#options.clock() - this.#awaySince);
    this.#options.log.info({ event: "sessions.taken", awayMs });
    this.#awaySince = undefined;
    this.#delayMs = firstDelayMs;
  }
}

/** An empty text is the NULL of SQL. */
function parse(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}

/** Two workers wanted the same rows; the connection is well. */
function isContention(error: unknown): boolean {
  return classifyFailure(error) === "conflict" || sqlState(error).startsWith("40");
}

function refused(error: unknown): Error {
  return new Error(`The database refuses what the session asks: ${wordsOf(error)}`, {
    cause: error,
  });
}

function stopped(): Error {
  return new Error("The worker stops; sessions are not written any more.");
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
