import pg from "pg";
import type { Measurement, Prepared, Scenario } from "#bench/harness.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { startLimit } from "#bench/limit/start.ts";
import { runLoad } from "#bench/processes.ts";
import { percentile } from "#bench/statistics.ts";
import type { TestDevice } from "#server/testing/installation.ts";

const deviceCount = 50;
const rate = 1_000;
const seconds = 5;

/** One row, one transaction, one after the other: what a commit costs on this disk. */
async function singleRowCommit(client: pg.Client): Promise<Measurement> {
  const latencies: number[] = [];
  const until = performance.now() + 2_000;
  while (performance.now() < until) {
    const startedAt = performance.now();
    await client.query("INSERT INTO one_row (at, value) VALUES (now(), 21.5)");
    latencies.push(performance.now() - startedAt);
  }
  return { value: percentile(latencies, 0.5) };
}

async function pacedLatency(port: number, devices: readonly TestDevice[]): Promise<Measurement> {
  const report = await runLoad({ port, devices, window: 1, rate, warmUpSeconds: 1, seconds });
  return {
    value: report.p50,
    more: { p99Ms: report.p99, rate: report.acknowledged / report.seconds },
  };
}

async function prepare(): Promise<Prepared> {
  const ours = await startBenchInstallation(deviceCount);
  const { cluster } = ours.installation;
  const limit = await startLimit(cluster);
  await cluster.query("CREATE DATABASE bench_commit");
  const client = new pg.Client({ connectionString: cluster.urlOf("bench_commit") });
  await client.connect();
  await client.query("CREATE TABLE one_row (at timestamptz NOT NULL, value float8 NOT NULL)");
  return {
    arms: [
      {
        name: "quayside",
        measure: () => pacedLatency(ours.worker.mqttPort, ours.devices),
      },
      { name: "limit", measure: () => pacedLatency(limit.port, ours.devices) },
      { name: "single-row commit", measure: () => singleRowCommit(client) },
    ],
    stop: async () => {
      await limit.stop();
      await client.end();
      await ours.stop();
    },
  };
}

/** P4: publish to PUBACK at 1 000 messages a second, against a bare commit. */
export const latency: Scenario = {
  id: "P4",
  name: "publish to acknowledged at 1 000 msg/s, p50",
  unit: "ms",
  prepare,
};
