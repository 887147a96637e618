import type { BatchStatement } from "#server/db/batch-statements.ts";
import type { StepRows } from "#server/db/pipelined-query.ts";
import type { BatchStep, WriterConnection } from "#server/db/writer-connection.ts";

/** Steps of a transaction on their way to the database; each statement occurs at most once in it. */
export class StepQueue {
  readonly #connection: WriterConnection;
  readonly #answers = new Map<BatchStatement, StepRows>();
  #waiting: BatchStep[] = [];

  constructor(connection: WriterConnection) {
    this.#connection = connection;
  }

  /** Sent with the next {@link send}. */
  add(...steps: readonly BatchStep[]): void {
    this.#waiting.push(...steps);
  }

  /**
   * One round trip for all that waits.
   * @throws what the database throws
   */
  async send(): Promise<void> {
    const steps = this.#waiting;
    this.#waiting = [];
    const rows = await this.#connection.run(steps);
    for (const [index, { statement }] of steps.entries()) {
      this.#answers.set(statement, rows[index] ?? []);
    }
  }

  /** First column of what a statement answered; empty when it was not sent. */
  answer(statement: BatchStatement): StepRows {
    return this.#answers.get(statement) ?? [];
  }
}
