import path from "node:path";
import { metricsPorts } from "#server/env.ts";
import { keepRunning, type Child } from "#server/main/child.ts";

/** A worker as the command line lists it. */
export type WorkerEntry = {
  /** Also of its log file. */
  readonly name: string;
  readonly pid: number | undefined;
  readonly metricsPort: number;
};

/** The workers of this installation, on one database and the same ports. */
export type Workers = {
  /**
   * Replaces one after the other. Each new worker listens before its predecessor ends, so that
   * devices always find a listener; where ports cannot be shared there is a gap of a second or two.
   * @throws ChildFailed when a new worker does not start; those that are left go on as they are
   */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

type WorkersInput = {
  readonly settings: { readonly WORKERS: number; readonly METRICS_PORT: number };
  /** Of every worker. */
  readonly env: Readonly<Record<string, string>>;
  /** @see sharePorts */
  readonly sharesPorts: boolean;
  readonly logFolder: string;
  readonly say: (line: string) => void;
  /** Told whenever another process is one of the workers. */
  readonly onChange: (workers: readonly WorkerEntry[]) => void;
};

/**
 * Starts the workers and keeps them running.
 * @throws ChildFailed when one does not start; then none runs
 */
export async function startWorkers(input: WorkersInput): Promise<Workers> {
  const { settings, say, sharesPorts } = input;
  const entries: WorkerEntry[] = metricsPorts(settings).map((metricsPort, index) => ({
    name: index === 0 ? "worker" : `worker-${index + 1}`,
    pid: undefined,
    metricsPort,
  }));
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.stop()));
  };
  const start = async ({ name, metricsPort }: WorkerEntry, index: number): Promise<void> => {
    const child = await keepRunning({
      name,
      file: path.join(import.meta.dirname, "worker.ts"),
      env: {
        ...input.env,
        WORKERS: "1",
        METRICS_PORT: String(metricsPort),
        WORKER_SHARES_PORTS: sharesPorts ? "1" : "0",
      },
      logFolder: input.logFolder,
      onRestart: say,
      overlaps: sharesPorts,
      onProcess: (pid) => {
        entries[index] = { name, metricsPort, pid };
        input.onChange([...entries]);
      },
    });
    children.push(child);
  };
  try {
    // The first one makes what all of them need: the listeners' certificate, partitions.
    for (const [index, entry] of entries.entries()) await start(entry, index);
  } catch (error) {
    await stop();
    throw error;
  }
  let restarting: Promise<void> | undefined;
  return {
    stop,
    restart: async () => {
      restarting ??= restartEach(children, say).finally(() => {
        restarting = undefined;
      });
      await restarting;
    },
  };
}

async function restartEach(children: readonly Child[], say: (line: string) => void): Promise<void> {
  for (const [index, child] of children.entries()) {
    await child.replace();
    say(`Worker ${index + 1} of ${children.length} is replaced.`);
  }
}
