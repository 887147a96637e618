import type { Arm, Measurement, Prepared, Scenario } from "#bench/harness.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { startLimit } from "#bench/limit/start.ts";
import { cpuSeconds, runLoad } from "#bench/processes.ts";
import { startPipe } from "#bench/mosquitto-pipe.ts";
import type { TestDevice } from "#server/testing/installation.ts";

const deviceCount = 50;
const window = 100;
const warmUpSeconds = 1;
const seconds = 4;

async function measure(input: {
  readonly port: number;
  readonly pids: readonly number[];
  readonly devices: readonly TestDevice[];
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

async function prepare(say: (line: string) => void): Promise<Prepared> {
  const ours = await startBenchInstallation(deviceCount);
  const { cluster } = ours.installation;
  const limit = await startLimit(cluster);
  const pipe = await startPipe(cluster, { deviceCount, window, warmUpSeconds, seconds });
  if (typeof pipe === "string") say(pipe);
  const { devices } = ours;
  const arms: Arm[] = [
    {
      name: "quayside",
      measure: () =>
        measure({
          port: ours.worker.mqttPort,
          pids: [ours.worker.pid, cluster.pid],
          devices,
        }),
    },
    {
      name: "limit",
      measure: () => measure({ port: limit.port, pids: [limit.pid, cluster.pid], devices }),
    },
    ...(typeof pipe === "string" ? [] : [pipe.arm]),
  ];
  return {
    arms,
    stop: async () => {
      if (typeof pipe !== "string") await pipe.stop();
      await limit.stop();
      await ours.stop();
    },
  };
}

/** P1: durable QoS 1 ingest over the plain listener, JSON, schema, acknowledged after COMMIT. */
export const ingest: Scenario = {
  id: "P1",
  name: "durable QoS 1 ingest",
  unit: "msg/s",
  prepare,
};
