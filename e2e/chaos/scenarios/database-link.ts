import { setTimeout as sleep } from "node:timers/promises";
import { residentMiB } from "#bench/processes.ts";
import { disturbUnderLoad } from "#e2e/chaos/disturb-under-load.ts";
import { startFaultProxy, type FaultProxy } from "#e2e/chaos/fault-proxy.ts";
import {
  findingOf,
  randomMs,
  untilAcknowledging,
  type ChaosScenario,
} from "#e2e/chaos/scenario.ts";
import type { Installation } from "#server/testing/installation.ts";

const maxResidentMiB = 1_024;
const resumeWithinMs = 10_000;
/** Another connection must have been asked whether the first is dead. */
const noticeWithinMs = 10_000;

/** What happens to the link, and how it heals. */
const faults: readonly ((proxy: FaultProxy) => Promise<void>)[] = [
  async (proxy) => proxy.reset(),
  async (proxy) => {
    proxy.refuse(true);
    proxy.reset();
    await sleep(randomMs(500, 3_000));
    proxy.refuse(false);
  },
  async (proxy) => {
    proxy.set("both", { isBlackHole: true });
    await sleep(randomMs(500, 4_000));
    proxy.set("both", {});
  },
  async (proxy) => {
    // The answers are lost, the statements are not: COMMIT succeeds and nobody hears of it.
    proxy.set("down", { isBlackHole: true });
    await sleep(randomMs(300, 1_500));
    proxy.reset();
    proxy.set("down", {});
  },
  async (proxy) => {
    proxy.set("both", { latencyMs: 1_000, bytesPerSecond: 10_000 });
    await sleep(randomMs(3_000, 6_000));
    proxy.set("both", {});
  },
  async (proxy) => {
    proxy.set("both", { pieceBytes: 64, isRandomPiece: true });
    await sleep(randomMs(500, 1_500));
    proxy.set("both", {});
  },
];

/** Environment of a worker that reaches the database through the proxy. */
export function throughProxy(place: Installation, proxy: FaultProxy): Record<string, string> {
  const via = (url: string) => {
    const changed = new URL(url);
    changed.port = String(proxy.port);
    return changed.toString();
  };
  return { INGEST_DATABASE_URL: via(place.ingestUrl), APP_DATABASE_URL: via(place.appUrl) };
}

/** The way between worker and database: cut, refused, a black hole, answers lost, 1 s and 10 kB/s. */
export const databaseLink: ChaosScenario = {
  name: "database-link",
  round: "fault of the link between worker and database",
  rounds: 300,
  run: async ({ place, rounds, say }) => {
    const proxy = await startFaultProxy(() => Number(new URL(place.ingestUrl).port));
    let slowest = 0;
    let largest = 0;
    try {
      const report = await disturbUnderLoad(place, {
        name: "pglink",
        rounds,
        pauseMs: [200, 1_500],
        env: throughProxy(place, proxy),
        disturb: async (site, round) => {
          await faults[round % faults.length]?.(proxy);
          slowest = Math.max(slowest, await untilAcknowledging(site, 60_000));
          largest = Math.max(largest, residentMiB(site.worker.pid));
        },
        say,
      });
      const facts = { slowestResumeMs: Math.round(slowest), largestRssMiB: Math.round(largest) };
      const finding = findingOf(report, facts);
      return {
        ...finding,
        problems: [
          ...finding.problems,
          ...(slowest <= resumeWithinMs ? [] : [`acknowledging again took ${slowest} ms`]),
          ...(largest > maxResidentMiB ? [`the worker grew to ${largest} MiB`] : []),
        ],
      };
    } finally {
      await proxy.stop();
    }
  },
};

/**
 * The database's side of every connection vanishes without a word (a failed-over host): the worker
 * must find out by itself.
 */
export const databaseVanishes: ChaosScenario = {
  name: "database-vanishes",
  round: "all connections to the database silent for good, new ones possible",
  rounds: 10,
  run: async ({ place, rounds, say }) => {
    const proxy = await startFaultProxy(() => Number(new URL(place.ingestUrl).port));
    let slowest = 0;
    try {
      const report = await disturbUnderLoad(place, {
        name: "pgvanish",
        rounds,
        env: throughProxy(place, proxy),
        devices: { patienceMs: 600_000 },
        disturb: async (site) => {
          proxy.halfOpen("server");
          // Acknowledgements that were on their way are not the recovery.
          await sleep(500);
          slowest = Math.max(slowest, await untilAcknowledging(site, 120_000));
        },
        say,
      });
      const finding = findingOf(report, { slowestResumeMs: Math.round(slowest) });
      const stuck = slowest > noticeWithinMs ? [`acknowledging again took ${slowest} ms`] : [];
      return { ...finding, problems: [...finding.problems, ...stuck] };
    } finally {
      await proxy.stop();
    }
  },
};
