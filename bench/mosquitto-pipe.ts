import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Arm } from "#bench/harness.ts";
import { isProgram, startMosquitto } from "#bench/mosquitto.ts";
import { runLoad } from "#bench/processes.ts";
import type { TestCluster } from "#server/testing/cluster.ts";

/*
 * What many do today: mosquitto_sub | psql COPY. No validation, no deduplication, and what the pipe
 * holds is lost in a crash; it is here as the yardstick of "simply pipe it into the database".
 */

type Load = {
  readonly deviceCount: number;
  readonly window: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
};

/** Rows that COPY has taken so far. */
async function copiedRows(cluster: TestCluster): Promise<number> {
  const { rows } = await cluster.query(
    "SELECT coalesce(sum(tuples_processed), 0)::float8 AS n FROM pg_stat_progress_copy WHERE datname = 'bench_pipe'",
  );
  return Number((rows as { n: number }[])[0]?.n);
}

function startPipeline(port: number, url: string): ChildProcess {
  const child = spawn(
    "sh",
    ["-c", `mosquitto_sub -p ${port} -q 1 -t '#' | psql -q "$PIPE_URL" -c 'COPY raw FROM STDIN'`],
    { env: { ...process.env, PIPE_URL: url }, stdio: "ignore", detached: true },
  );
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}

/**
 * Starts broker, subscriber and COPY.
 * @returns the arm, or why it was left out
 */
export async function startPipe(
  cluster: TestCluster,
  load: Load,
): Promise<string | { readonly arm: Arm; stop(): Promise<void> }> {
  const missing = ["mosquitto", "mosquitto_sub", "psql"].filter((name) => !isProgram(name));
  if (missing.length > 0)
    return `mosquitto_sub | COPY left out: ${missing.join(", ")} not installed`;
  await cluster.query("CREATE DATABASE bench_pipe");
  const url = cluster.urlOf("bench_pipe");
  spawnSync("psql", ["-q", url, "-c", "CREATE TABLE raw (line text)"], { stdio: "ignore" });
  const broker = await startMosquitto();
  const { port } = broker;
  const pipeline = startPipeline(port, url);
  await sleep(500);
  const devices = Array.from({ length: load.deviceCount }, (_, index) => ({
    id: `pipe-${index}`,
    token: "none",
  }));
  return {
    arm: {
      name: "mosquitto_sub | COPY",
      measure: async () => {
        const running = runLoad({ port, devices, ...load });
        await sleep(load.warmUpSeconds * 1000 + 500);
        const before = await copiedRows(cluster);
        const startedAt = performance.now();
        await sleep((load.seconds - 1) * 1000);
        const value =
          ((await copiedRows(cluster)) - before) / ((performance.now() - startedAt) / 1000);
        await running;
        return { value };
      },
    },
    stop: async () => {
      if (pipeline.pid !== undefined) process.kill(-pipeline.pid, "SIGTERM");
      await broker.stop();
    },
  };
}
