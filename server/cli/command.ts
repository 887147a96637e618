import type { Env } from "#server/env.ts";
import type { Context } from "#server/services/context.ts";

/** What a command gives back: `json` for --json, `text` for people. */
export type Answer = {
  readonly json: unknown;
  readonly text: string;
  /** The answer itself is bad news (a broken chain, a failed check): exit status 1. */
  readonly failed?: boolean;
};

/** A connection to the installation, as the caller "system:cli" with an administrator's rights. */
export type Session = {
  readonly ctx: Context;
  /** Present when the product's own settings were found; needed for what spans organisations. */
  readonly ingestUrl: string | undefined;
  close(): Promise<void>;
};

/** What a command is given. */
export type Invocation = {
  readonly env: Env;
  /** Option's text, or undefined when it was not given. */
  option(name: string): string | undefined;
  /** @throws UsageError when the option was not given */
  required(name: string): string;
  /** @throws UsageError when the option is no number of at least `minimum` */
  number(name: string, fallback: number, minimum: number): number;
  /** @throws UsageError when the word is missing */
  word(index: number, name: string): string;
  /** Told to stop: Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** A line of progress for people; goes to standard error. */
  say(line: string): void;
  /**
   * Option's text; with `-` what standard input holds, without blanks around it. For secrets, which
   * others on the machine would see in the list of processes.
   * @throws UsageError when standard input is empty or too long
   */
  secret(name: string): Promise<string | undefined>;
  /** @throws CliError when the product does not run, ServiceError when the organisation is unknown */
  session(): Promise<Session>;
};

export type Command = {
  /** `["device", "create"]` */
  readonly words: readonly string[];
  /** What follows the words: `--name NAME [--profile PROFILE]`. */
  readonly usage: string;
  readonly summary: string;
  /** Options beyond --json, --organisation and --help. All take a text. */
  readonly options: readonly string[];
  run(at: Invocation): Promise<Answer>;
};

/** The command line makes no sense; exit status 2. */
export class UsageError extends Error {}

/** A refusal that no service made; exit status 1. */
export class CliError extends Error {
  readonly code: string;
  readonly remedy: string;
  constructor(code: string, message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Lines up columns, with two spaces between them. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
