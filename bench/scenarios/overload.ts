import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { startBenchInstallation, type BenchInstallation } from "#bench/installation.ts";
import { residentMiB, runLoad } from "#bench/processes.ts";

const deviceCount = 50;
const usualSeconds = 60;
const factor = 3;

async function capacityOf({ worker, devices }: BenchInstallation): Promise<number> {
  const report = await runLoad({
    port: worker.mqttPort,
    devices,
    window: 100,
    warmUpSeconds: 1,
    seconds: 5,
  });
  return report.acknowledged / report.seconds;
}

async function overloaded(
  { worker, devices }: BenchInstallation,
  input: { readonly rate: number; readonly seconds: number },
): Promise<Measurement> {
  let largest = 0;
  const watch = setInterval(() => {
    largest = Math.max(largest, residentMiB(worker.pid));
  }, 200);
  const report = await runLoad({
    port: worker.mqttPort,
    devices,
    window: 1,
    isOverload: true,
    warmUpSeconds: 2,
    ...input,
  });
  clearInterval(watch);
  await sleep(500);
  return {
    value: report.acknowledged / report.seconds,
    more: {
      rssMiB: largest,
      // Beyond 30 s it was not waited for.
      recoverySeconds: report.recoverySeconds ?? 30,
      offered: report.offered / (report.seconds + 2),
      p99Ms: report.p99,
    },
  };
}

async function prepare(say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const ours = await startBenchInstallation(deviceCount);
  const seconds = settings.seconds ?? usualSeconds;
  let capacity = await capacityOf(ours);
  say(`capacity ${Math.round(capacity)} msg/s`);
  return {
    arms: [
      {
        name: "3 × capacity offered",
        measure: () => overloaded(ours, { rate: capacity * factor, seconds }),
      },
      {
        name: "capacity",
        measure: async () => {
          capacity = await capacityOf(ours);
          return { value: capacity };
        },
      },
    ],
    stop: () => ours.stop(),
  };
}

/** P5: three times what the worker takes, for a minute. */
export const overload: Scenario = {
  id: "P5",
  name: "overload: 3 × capacity offered for 60 s, acknowledged",
  unit: "msg/s",
  rounds: 3,
  prepare,
};
