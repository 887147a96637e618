import type pg from "pg";

/** One execution of a prepared statement. */
export type PipelineStep = {
  readonly statement: string;
  readonly parameters?: readonly string[];
  /** A whole CopyData message, for a statement that is COPY FROM STDIN. */
  readonly copyData?: Buffer;
};

/** First column of each row of a step, as text. */
export type StepRows = readonly string[];

type DataRow = { readonly fields: readonly (string | null)[] };

/** What pg's connection offers beyond its published types. */
type WireConnection = {
  readonly stream: { cork(): void; uncork(): void; write(bytes: Buffer): boolean };
  parse(input: { readonly name: string; readonly text: string }): void;
  bind(input: { readonly statement: string; readonly values: readonly string[] }): void;
  execute(input: null): void;
  sync(): void;
  endCopyFrom(): void;
};

/** Many messages of the extended protocol in one write, answered as a whole. */
class OneRoundTrip implements pg.Submittable {
  readonly #write: (wire: WireConnection) => void;
  readonly #answer = Promise.withResolvers<readonly StepRows[]>();
  readonly #rows: string[][] = [[]];

  constructor(write: (wire: WireConnection) => void) {
    this.#write = write;
  }

  get answer(): Promise<readonly StepRows[]> {
    return this.#answer.promise;
  }

  submit = (connection: pg.Connection): void => {
    const wire = connection as unknown as WireConnection;
    wire.stream.cork();
    this.#write(wire);
    wire.sync();
    wire.stream.uncork();
  };

  handleDataRow(row: DataRow): void {
    this.#rows.at(-1)?.push(row.fields[0] ?? "");
  }

  handleCommandComplete(): void {
    this.#rows.push([]);
  }

  handleReadyForQuery(): void {
    this.#answer.resolve(this.#rows);
  }

  handleError(error: unknown): void {
    this.#answer.reject(error);
  }

  /** CopyData was sent with the statement, so the server's invitation needs no answer. */
  handleCopyInResponse(): void {}
}

/** Bound ahead of each round trip and never executed; ROLLBACK may be bound in any transaction. */
const heralded = { name: "herald", text: "ROLLBACK" } as const;

/** Prepares statements on a connection, by name. */
export async function prepareStatements(
  client: pg.ClientBase,
  statements: Readonly<Record<string, string>>,
): Promise<void> {
  const trip = new OneRoundTrip((wire) => {
    wire.parse(heralded);
    for (const [name, text] of Object.entries(statements)) wire.parse({ name, text });
  });
  client.query(trip);
  await trip.answer;
}

/**
 * Executes prepared statements in one write with one Sync: one round trip however many there are,
 * and one implicit transaction unless a step says BEGIN. CopyData may follow Execute unasked: the
 * server reads it when it gets there, and skips it up to Sync after an error.
 * @returns the rows of each step
 */
export async function executePipeline(
  client: pg.ClientBase,
  steps: readonly PipelineStep[],
): Promise<readonly StepRows[]> {
  const trip = new OneRoundTrip((wire) => {
    // Megabytes over a slow link take their time: from the first bytes on the server counts as
    // working for us, and the link is not taken for dead (watched-pool.ts).
    wire.bind({ statement: heralded.name, values: [] });
    for (const step of steps) {
      wire.bind({ statement: step.statement, values: step.parameters ?? [] });
      wire.execute(null);
      if (step.copyData !== undefined) {
        wire.stream.write(step.copyData);
        wire.endCopyFrom();
      }
    }
  });
  client.query(trip);
  return trip.answer;
}
