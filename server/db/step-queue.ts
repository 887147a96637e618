import type { BatchStatement } from "#server/db/batch-statements.ts";
import type { StepRows } from "#server/db/pipelined-query.ts";
import type { BatchStep, WriterConnection } from "#server/db/writer-connection.ts";

/** Steps of a transaction on their way to the database; what is asked several times is answered as one. */
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

  /** Sent ahead of all that waits. */
  addFirst(step: BatchStep): void {
    this.#waiting.unshift(step);
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
      const before = this.#answers.get(statement);
      const answer = rows[index] ?? [];
      this.#answers.set(statement, before === undefined ? answer : [...before, ...answer]);
    }
  }

  /** First column of what a statement answered; empty when it was not sent. */
  answer(statement: BatchStatement): StepRows {
    return this.#answers.get(statement) ?? [];
  }
}
