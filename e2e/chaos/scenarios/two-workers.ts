import { setTimeout as sleep } from "node:timers/promises";
import { disturbUnderLoad } from "#e2e/chaos/disturb-under-load.ts";
import { findingOf, type ChaosScenario } from "#e2e/chaos/scenario.ts";

/** R13: a worker has ended this long after SIGTERM. */
const stopWithinMs = 10_000;

/** A new worker starts beside the old one, which is then asked to end, while devices send. */
export const rollingUpgrade: ChaosScenario = {
  name: "rolling-upgrade",
  round: "replacement of the worker by another under load",
  rounds: 50,
  run: async ({ place, rounds, say }) => {
    let slowestStop = 0;
    const report = await disturbUnderLoad(place, {
      name: "rolling",
      rounds,
      pauseMs: [300, 1_500],
      devices: { version: 5, patienceMs: 5_000 },
      disturb: async (site) => {
        const old = site.worker;
        await site.addWorker();
        site.forget(old);
        const startedAt = performance.now();
        await old.stop();
        slowestStop = Math.max(slowestStop, performance.now() - startedAt);
      },
      say,
    });
    const finding = findingOf(report, { slowestStopMs: Math.round(slowestStop) });
    const slow = slowestStop > stopWithinMs ? [`a worker took ${slowestStop} ms to stop`] : [];
    return { ...finding, problems: [...finding.problems, ...slow] };
  },
};

/** Kills of either of two workers: devices move to the other. */
export const twoWorkersKill: ChaosScenario = {
  name: "two-workers-kill",
  round: "kill -9 of one of two workers",
  rounds: 200,
  run: async ({ place, rounds, say }) =>
    findingOf(
      await disturbUnderLoad(place, {
        name: "twokill",
        rounds,
        workers: 2,
        devices: { patienceMs: 3_000 },
        disturb: async (site, round) => {
          const worker = site.workers[round % 2];
          if (worker === undefined) return;
          await worker.kill();
          await site.replace(worker);
        },
        say,
      }),
    ),
};

/** One of two workers stands still, as in a paused virtual machine, and goes on later. */
export function frozenWorker(frozenMs: number): ChaosScenario {
  return {
    name: "frozen-worker",
    round: `one of two workers stopped for ${frozenMs / 1000} s (SIGSTOP, SIGCONT)`,
    rounds: 20,
    run: async ({ place, rounds, say }) =>
      findingOf(
        await disturbUnderLoad(place, {
          name: "frozen",
          rounds,
          workers: 2,
          devices: { patienceMs: 1_500 },
          disturb: async (site, round) => {
            const worker = site.workers[round % 2];
            worker?.signal("SIGSTOP");
            await sleep(frozenMs);
            worker?.signal("SIGCONT");
            await sleep(500);
          },
          say,
        }),
      ),
  };
}
