import { parseArgs } from "node:util";
import {
  UsageError,
  type Answer,
  type Command,
  type Invocation,
  type Session,
} from "#server/cli/command.ts";
import { commands } from "#server/cli/commands.ts";
import { failureOf } from "#server/cli/failure.ts";
import { openSession } from "#server/cli/session.ts";
import type { Env } from "#server/env.ts";

const program = "npm run cli --";

/** What the command line touches of its process. */
export type Terminal = {
  /** @throws InvalidEnvironment */
  readEnv(): Env;
  /** Standard output: the answer, and with --json nothing else. */
  out(text: string): void;
  /** Standard error: progress, and why something failed. */
  err(text: string): void;
  /** Standard input to its end, at most so many bytes; asked for only where a command takes it. */
  input(mostBytes: number): Promise<string>;
  readonly signal: AbortSignal;
};

const mostSecretBytes = 4_096;

function usageOf(command: Command): string {
  return `${program} ${[...command.words, command.usage].join(" ").trim()}`;
}

function help(): string {
  const lines = commands.map((command) => `  ${usageOf(command)}\n      ${command.summary}`);
  return [
    "Every command takes --json (one JSON document on standard output) and --organisation SLUG.",
    "Exit status: 0 done, 1 refused or failed, 2 wrong usage.",
    "",
    ...lines,
  ].join("\n");
}

/** The longest command whose words begin the line. */
function findCommand(words: readonly string[]): Command {
  const found = commands
    .filter((command) => command.words.every((word, index) => words[index] === word))
    .toSorted((a, b) => b.words.length - a.words.length)[0];
  if (found !== undefined) return found;
  const given = words.slice(0, 2).join(" ");
  throw new UsageError(
    `${given === "" ? "Which command?" : `There is no command “${given}”.`} Run ${program} --help for the list.`,
  );
}

function leadingWords(parameters: readonly string[]): readonly string[] {
  const end = parameters.findIndex((parameter) => parameter.startsWith("-"));
  return end === -1 ? parameters : parameters.slice(0, end);
}

function parse(command: Command, parameters: readonly string[]) {
  const texts = Object.fromEntries(
    ["organisation", ...command.options].map((name) => [name, { type: "string" as const }]),
  );
  try {
    return parseArgs({
      args: [...parameters],
      options: { ...texts, json: { type: "boolean" }, help: { type: "boolean" } },
      allowPositionals: true,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${why}\nUsage: ${usageOf(command)}`);
  }
}

function invocationOf(
  command: Command,
  parsed: ReturnType<typeof parse>,
  { terminal, sessions }: { readonly terminal: Terminal; readonly sessions: Session[] },
): Invocation {
  const usage = `Usage: ${usageOf(command)}`;
  const option = (name: string): string | undefined => {
    const value = (parsed.values as Readonly<Record<string, unknown>>)[name];
    return typeof value === "string" ? value : undefined;
  };
  const env = terminal.readEnv();
  return {
    env,
    option,
    required: (name) => {
      const value = option(name);
      if (value === undefined) throw new UsageError(`--${name} is missing.\n${usage}`);
      return value;
    },
    number: (name, fallback, minimum) => {
      const text = option(name);
      const value = text === undefined ? fallback : Number(text);
      if (Number.isFinite(value) && value >= minimum) return value;
      throw new UsageError(`--${name} must be a number of at least ${minimum}.\n${usage}`);
    },
    word: (index, name) => {
      const value = parsed.positionals[command.words.length + index];
      if (value === undefined) throw new UsageError(`${name} is missing.\n${usage}`);
      return value;
    },
    signal: terminal.signal,
    secret: async (name) => {
      const given = option(name);
      if (given !== "-") return given;
      const text = (await terminal.input(mostSecretBytes)).trim();
      if (text !== "") return text;
      throw new UsageError(`Standard input is empty, or longer than --${name} can be.\n${usage}`);
    },
    say: (line) => terminal.err(`${line}\n`),
    session: async () => {
      const session = await openSession(env, option("organisation"));
      sessions.push(session);
      return session;
    },
  };
}

function wantsOnlyHelp(parameters: readonly string[]): boolean {
  return (
    leadingWords(parameters).length === 0 &&
    (parameters.includes("--help") || parameters.length === 0)
  );
}

async function answer(
  parameters: readonly string[],
  at: { readonly terminal: Terminal; readonly sessions: Session[] },
): Promise<Answer> {
  if (wantsOnlyHelp(parameters)) return { json: { help: help() }, text: help() };
  const command = findCommand(leadingWords(parameters));
  const parsed = parse(command, parameters);
  if (parsed.values.help === true) {
    const text = `${usageOf(command)}\n${command.summary}`;
    return { json: { help: text }, text };
  }
  return command.run(invocationOf(command, parsed, at));
}

/**
 * Runs one command line.
 * @returns the exit status: 0 done, 1 refused or failed, 2 wrong usage
 */
export async function runCommandLine(
  parameters: readonly string[],
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  const json = parameters.includes("--json");
  const sessions: Session[] = [];
  try {
    const given = await answer(parameters, { terminal, sessions });
    terminal.out(json ? `${JSON.stringify(given.json)}\n` : `${given.text}\n`);
    return given.failed === true ? 1 : 0;
  } catch (error) {
    const { status, document, text } = failureOf(error);
    if (json) terminal.out(`${JSON.stringify(document)}\n`);
    if (!json || document.error.code === "internal") terminal.err(`${text}\n`);
    return status;
  } finally {
    for (const session of sessions) await session.close();
  }
}
