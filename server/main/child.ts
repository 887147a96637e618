import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment } from "#server/env.ts";
import { openLogFile } from "#server/main/log-file.ts";

/** A process that the supervisor keeps alive. */
export type Child = {
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
};

/** A process ended before it was ready; `output` holds its last words. */
export class ChildFailed extends Error {
  readonly output: string;
  constructor(name: string, output: string) {
    super(`The ${name} did not start.`);
    this.output = output;
  }
}

type Launch = {
  readonly name: string;
  readonly file: string;
  readonly parameters?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  /** Told when the process ended by itself and is started again. */
  readonly onRestart: (text: string) => void;
};

const lastWords = 4000;

function launch(input: Launch): {
  child: ChildProcess;
  ready: Promise<void>;
  output: () => string;
} {
  // A process group of its own: Ctrl-C reaches the supervisor, which stops the rest in order.
  // The IPC channel tells the child when the supervisor is gone.
  const child = spawn(process.execPath, [input.file, ...(input.parameters ?? [])], {
    env: childEnvironment(input.env),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  const log = openLogFile(input.logFolder, input.name);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      log.write(chunk);
      output = (output + chunk.toString("utf8")).slice(-lastWords);
    });
  }
  child.once("close", () => log.close());
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message) => {
      if (typeof message === "object" && message !== null && "ready" in message) resolve();
    });
    child.once("exit", () => reject(new ChildFailed(input.name, output)));
    child.once("error", (error) => reject(new ChildFailed(input.name, error.message)));
  });
  return { child, ready, output: () => output };
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess): Promise<void> {
  if (ended(child)) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const abort = new AbortController();
  const patience = sleep(12_000, undefined, { signal: abort.signal }).catch(() => undefined);
  await Promise.race([gone, patience]);
  abort.abort();
  if (!ended(child)) child.kill("SIGKILL");
  await gone;
}

/**
 * Starts a process, waits until it says `{ ready: true }`, and starts it again whenever it ends by
 * itself (after 0.1 s, doubling to 10 s while it keeps failing).
 * @throws ChildFailed when it ends before it was ready the first time
 */
export async function keepRunning(input: Launch): Promise<Child> {
  const stopping = new AbortController();
  let current = launch(input);
  await current.ready;

  const supervise = async (): Promise<void> => {
    let delayMs = 100;
    while (!stopping.signal.aborted) {
      const { child } = current;
      const startedAt = Date.now();
      await new Promise<void>((resolve) => {
        if (ended(child)) resolve();
        else child.once("exit", () => resolve());
      });
      if (stopping.signal.aborted) return;
      delayMs = Date.now() - startedAt > 30_000 ? 100 : Math.min(delayMs * 2, 10_000);
      input.onRestart(
        `The ${input.name} ended (${child.signalCode ?? `exit ${child.exitCode}`}); starting it again.`,
      );
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      current = launch(input);
      // Its end is seen by the next turn of the loop.
      current.ready.catch(() => undefined);
    }
  };
  const supervision = supervise();

  return {
    pid: () => current.child.pid,
    stop: async () => {
      stopping.abort();
      await end(current.child);
      await supervision;
    },
  };
}
