import { setTimeout as sleep } from "node:timers/promises";
import { disturbUnderLoad, killWorker, type Disturb } from "#e2e/chaos/disturb-under-load.ts";
import { addFindings, findingOf, type ChaosScenario, type Finding } from "#e2e/chaos/scenario.ts";

/** SIGKILL of the worker 0.2 to 3 s after it is ready, again and again. */
export const workerKill: ChaosScenario = {
  name: "worker-kill",
  round: "kill -9 of the worker",
  rounds: 1_000,
  run: async ({ place, rounds, say }) =>
    findingOf(
      await disturbUnderLoad(place, {
        name: "kill",
        rounds,
        pauseMs: [200, 3_000],
        disturb: killWorker,
        say,
      }),
    ),
};

/** Where a worker can be made to die; see server/ingest/failpoint.ts. */
const crashPoints = [
  "crash-before-parse",
  "crash-after-parse",
  "crash-mid-batch",
  "crash-after-commit",
] as const;

/** How likely at each passage; the first point is passed for every message, the others once a batch. */
const probabilities: Readonly<Record<(typeof crashPoints)[number], string>> = {
  "crash-before-parse": "0.0002",
  "crash-after-parse": "0.02",
  "crash-mid-batch": "0.02",
  "crash-after-commit": "0.02",
};

/**
 * Waits for the worker to die by its own hand. The one that devices drain to after the last round is
 * sound: nobody would replace it.
 */
function untilCrash(rounds: number): Disturb {
  return async (site, round) => {
    const { worker } = site;
    await Promise.race([worker.exited, sleep(8_000, undefined, { ref: false })]);
    await worker.kill();
    await site.replace(worker, round === rounds - 1 ? { QUAYSIDE_FAILPOINT: "" } : {});
  };
}

/** The worker dies at each of its fail points, a quarter of the rounds each. */
export const workerCrashPoints: ChaosScenario = {
  name: "worker-crash-points",
  round: "death of the worker at a fail point",
  rounds: 200,
  run: async ({ place, rounds, say }) => {
    let finding: Finding = { problems: [], facts: {} };
    for (const point of crashPoints) {
      const each = Math.max(1, Math.round(rounds / crashPoints.length));
      const report = await disturbUnderLoad(place, {
        name: point,
        rounds: each,
        roundsPerEpisode: each,
        pauseMs: [0, 0],
        env: { NODE_ENV: "test", QUAYSIDE_FAILPOINT: `${point}:${probabilities[point]}` },
        disturb: untilCrash(each),
        say,
      });
      finding = addFindings(finding, findingOf(report));
    }
    return finding;
  },
};
