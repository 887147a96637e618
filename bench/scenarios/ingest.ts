import type { Arm, Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { startLimit } from "#bench/limit/start.ts";
import { cpuSeconds, runLoad } from "#bench/processes.ts";
import { startNodeRed } from "#bench/node-red.ts";
import { startPipe } from "#bench/mosquitto-pipe.ts";
import type { LoadDevice } from "#bench/load.ts";

export const deviceCount = 50;
const window = 100;
const warmUpSeconds = 1;
const seconds = 4;

/** Full windows for some seconds; messages a second, and the CPU of the processes for them. */
export async function measureIngest(input: {
  readonly port: number;
  readonly pids: readonly number[];
  readonly devices: readonly LoadDevice[];
}): Promise<Measurement> {
  const used = () => input.pids.reduce((sum, pid) => sum + (cpuSeconds(pid) ?? Number.NaN), 0);
  const before = used();
  const report = await runLoad({
    port: input.port,
    devices: input.devices,
    window,
    warmUpSeconds,
    seconds,
  });
  const value = report.acknowledged / report.seconds;
  // Warm-up and draining are in the CPU time as well, so it is set against all that was sent.
  const cpu = (used() - before) / (value * (seconds + warmUpSeconds)) / 1e-6;
  return {
    value,
    ...(Number.isFinite(cpu) ? { cpuSecondsPerMillion: cpu } : {}),
    more: { p50Ms: report.p50, p99Ms: report.p99 },
  };
}

async function prepare(say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const ours = await startBenchInstallation(deviceCount);
  const { cluster } = ours.installation;
  const limit = await startLimit(cluster);
  const pipe = await startPipe(cluster, { deviceCount, window, warmUpSeconds, seconds });
  if (typeof pipe === "string") say(pipe);
  const nodeRed =
    settings.nodeRed === undefined
      ? "Node-RED left out: --node-red DIR names an installed one"
      : await startNodeRed(cluster, settings.nodeRed, { warmUpSeconds, seconds: 8 });
  if (typeof nodeRed === "string") say(nodeRed);
  const { devices } = ours;
  const arms: Arm[] = [
    {
      name: "quayside",
      measure: () =>
        measureIngest({
          port: ours.worker.mqttPort,
          pids: [ours.worker.pid, cluster.pid],
          devices,
        }),
    },
    {
      name: "limit",
      measure: () => measureIngest({ port: limit.port, pids: [limit.pid, cluster.pid], devices }),
    },
    ...(typeof pipe === "string" ? [] : [pipe.arm]),
    ...(typeof nodeRed === "string" ? [] : [nodeRed.arm]),
  ];
  return {
    arms,
    stop: async () => {
      if (typeof nodeRed !== "string") await nodeRed.stop();
      if (typeof pipe !== "string") await pipe.stop();
      await limit.stop();
      await ours.stop();
    },
  };
}

/**
 * P1: durable QoS 1 ingest over the plain listener, JSON, schema, acknowledged after COMMIT. The
 * three rules of the target are missing: there are no rules yet.
 */
export const ingest: Scenario = {
  id: "P1",
  name: "durable QoS 1 ingest: JSON in the full envelope with 8 metrics, JSON Schema, exact deduplication, ledger, PUBACK after COMMIT (no rules yet)",
  unit: "msg/s",
  prepare,
};
