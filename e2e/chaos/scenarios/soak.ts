import { setTimeout as sleep } from "node:timers/promises";
import { residentMiB } from "#bench/processes.ts";
import { disturbUnderLoad } from "#e2e/chaos/disturb-under-load.ts";
import { findingOf, openDescriptors, type ChaosScenario } from "#e2e/chaos/scenario.ts";
import { slopePerHour, type Sample } from "#e2e/chaos/slope.ts";

const devices = 40;
const messagesPerSecond = 2_000;
const sampleMs = 2_000;
/** A garbage collector's sawtooth over 20 minutes has a slope of its own; a leak grows through it. */
const leak = { slopeMiBPerHour: 60, growthMiB: 20, descriptors: 10 };

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A steady load; memory and descriptors are watched after the first quarter. */
export const soak: ChaosScenario = {
  name: "soak",
  round: `a minute at ${messagesPerSecond} messages a second`,
  rounds: 20,
  run: async ({ place, rounds, say }) => {
    const memory: Sample[] = [];
    const descriptors: number[] = [];
    const report = await disturbUnderLoad(place, {
      name: "soak",
      rounds,
      roundsPerEpisode: rounds,
      pauseMs: [0, 0],
      devices: { count: devices, rate: messagesPerSecond / devices },
      disturb: async (site) => {
        for (let waited = 0; waited < 60_000; waited += sampleMs) {
          await sleep(sampleMs);
          memory.push({ atMs: performance.now(), value: residentMiB(site.worker.pid) });
          descriptors.push(openDescriptors(site.worker.pid));
        }
        say(`soak: ${memory.length} samples, ${Math.round(memory.at(-1)?.value ?? 0)} MiB`);
      },
      say,
    });
    const steady = memory.slice(Math.floor(memory.length / 4));
    const third = Math.ceil(steady.length / 3);
    const values = steady.map(({ value }) => value);
    const growth = median(values.slice(-third)) - median(values.slice(0, third));
    const slope = slopePerHour(steady);
    const opened =
      (descriptors.at(-1) ?? 0) - (descriptors[Math.floor(descriptors.length / 4)] ?? 0);
    const finding = findingOf(report, {
      slopeMiBPerHour: Math.round(slope * 10) / 10,
      growthMiB: Math.round(growth * 10) / 10,
      medianRssMiB: Math.round(median(values)),
      descriptorsOpened: opened,
    });
    return {
      ...finding,
      problems: [
        ...finding.problems,
        ...(slope > leak.slopeMiBPerHour && growth > leak.growthMiB
          ? [`memory grew by ${growth.toFixed(1)} MiB, ${slope.toFixed(0)} MiB an hour`]
          : []),
        ...(opened > leak.descriptors ? [`${opened} more descriptors are open`] : []),
      ],
    };
  },
};
