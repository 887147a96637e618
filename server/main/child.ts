import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment } from "#server/env.ts";
import { openLogFile } from "#server/main/log-file.ts";

/** A process that the supervisor keeps alive. */
export type Child = {
  readonly pid: () => number | undefined;
  /**
   * Starts another process, and ends this one once that is ready.
   * @throws ChildFailed when the other ended first; this one goes on
   */
  replace(): Promise<void>;
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
  /** Whether two such processes may run at once while one replaces the other; yes by default. */
  readonly overlaps?: boolean;
  /** Told the process id whenever another process has this part. */
  readonly onProcess?: (pid: number | undefined) => void;
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
  const child = new KeptChild(input);
  await child.start();
  return child;
}

type Launched = ReturnType<typeof launch>;

class KeptChild implements Child {
  readonly #input: Launch;
  readonly #stopping = new AbortController();
  #current: Launched;
  /** Takes over once it is ready. */
  #next: Launched | undefined;
  #supervision: Promise<void> = Promise.resolve();

  constructor(input: Launch) {
    this.#input = input;
    this.#current = launch(input);
  }

  pid(): number | undefined {
    return this.#current.child.pid;
  }

  async start(): Promise<void> {
    await this.#current.ready;
    this.#input.onProcess?.(this.pid());
    this.#supervision = this.#supervise();
  }

  async replace(): Promise<void> {
    if (this.#stopping.signal.aborted || this.#next !== undefined) return;
    // Its end is seen by the supervision, which starts the next.
    if (this.#input.overlaps === false) return this.#endAndWait();
    this.#next = launch(this.#input);
    try {
      await this.#next.ready;
      const old = this.#current;
      this.#current = this.#next;
      this.#input.onProcess?.(this.pid());
      await end(old.child);
    } finally {
      this.#next = undefined;
    }
  }

  async #endAndWait(): Promise<void> {
    const { child } = this.#current;
    await end(child);
    while (this.#current.child === child && !this.#stopping.signal.aborted) await sleep(50);
    await this.#current.ready;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const processes = new Set([this.#current.child, this.#next?.child ?? this.#current.child]);
    await Promise.all([...processes].map((child) => end(child)));
    await this.#supervision;
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#stopping;
    let delayMs = 100;
    while (!signal.aborted) {
      const { child } = this.#current;
      const startedAt = Date.now();
      await new Promise<void>((resolve) => {
        if (ended(child)) resolve();
        else child.once("exit", () => resolve());
      });
      // Another took its place.
      if (child !== this.#current.child) continue;
      if (signal.aborted) return;
      delayMs = Date.now() - startedAt > 30_000 ? 100 : Math.min(delayMs * 2, 10_000);
      this.#input.onRestart(
        `The ${this.#input.name} ended (${child.signalCode ?? `exit ${child.exitCode}`}); starting it again.`,
      );
      await sleep(delayMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (child !== this.#current.child) continue;
      this.#current = launch(this.#input);
      this.#input.onProcess?.(this.pid());
      // Its end is seen by the next turn of the loop.
      this.#current.ready.catch(() => undefined);
    }
  }
}
