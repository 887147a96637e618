import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Arm } from "#bench/harness.ts";
import { runLoad, stopProgram } from "#bench/processes.ts";
import { freePort } from "#server/db/embedded.ts";
import type { TestCluster } from "#server/testing/cluster.ts";

/*
 * What many do today: mosquitto_sub | psql COPY. No validation, no deduplication, and what the pipe
 * holds is lost in a crash; it is here as the yardstick of "simply pipe it into the database".
 */

function isInstalled(program: string): boolean {
  return spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
}

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
  const missing = ["mosquitto", "mosquitto_sub", "psql"].filter((name) => !isInstalled(name));
  if (missing.length > 0)
    return `mosquitto_sub | COPY left out: ${missing.join(", ")} not installed`;
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-mosquitto-"));
  const port = await freePort();
  const config = path.join(folder, "mosquitto.conf");
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n`,
  );
  await cluster.query("CREATE DATABASE bench_pipe");
  const url = cluster.urlOf("bench_pipe");
  spawnSync("psql", ["-q", url, "-c", "CREATE TABLE raw (line text)"], { stdio: "ignore" });
  const broker = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
  process.once("exit", () => broker.kill("SIGKILL"));
  await sleep(500);
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
      await stopProgram(broker);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
