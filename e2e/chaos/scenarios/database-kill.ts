import { setTimeout as sleep } from "node:timers/promises";
import { disturbUnderLoad, type Disturb, type Site } from "#e2e/chaos/disturb-under-load.ts";
import {
  findingOf,
  randomMs,
  untilAcknowledging,
  type ChaosScenario,
} from "#e2e/chaos/scenario.ts";

/** R8: after the database is back, at most this long until messages are acknowledged again. */
const resumeWithinMs = 10_000;

/** kill -9 of a process that serves the worker: the server restarts all of its others. */
async function killBackend(site: Site): Promise<void> {
  const { rows } = await site.place.cluster.query(
    "SELECT pid FROM pg_stat_activity WHERE usename = 'quayside_ingest' ORDER BY random() LIMIT 1",
  );
  const [row] = rows as { pid: number }[];
  if (row !== undefined) process.kill(row.pid, "SIGKILL");
}

const ways: readonly Disturb[] = [
  async (site) => {
    await site.place.cluster.kill("SIGKILL");
    await sleep(randomMs(0, 2_000));
    await site.place.cluster.restart();
  },
  killBackend,
  async (site) => {
    await site.place.cluster.kill("SIGQUIT");
    await sleep(randomMs(0, 2_000));
    await site.place.cluster.restart();
  },
];

/** PostgreSQL dies: the server, one of its processes, `pg_ctl stop -m immediate`, in turn. */
export const databaseKill: ChaosScenario = {
  name: "database-kill",
  round: "kill -9 of PostgreSQL, of one of its processes, or an immediate stop",
  rounds: 300,
  run: async ({ place, rounds, say }) => {
    let slowest = 0;
    const report = await disturbUnderLoad(place, {
      name: "pgkill",
      rounds,
      pauseMs: [200, 2_000],
      disturb: async (site, round) => {
        await ways[round % ways.length]?.(site, round);
        slowest = Math.max(slowest, await untilAcknowledging(site, 30_000));
      },
      say,
    });
    const finding = findingOf(report, { slowestResumeMs: Math.round(slowest) });
    return {
      ...finding,
      problems: [
        ...finding.problems,
        ...(slowest <= resumeWithinMs
          ? []
          : [`acknowledging again took ${Math.round(slowest)} ms, ${resumeWithinMs} are allowed`]),
        ...(report.reconnections <= 24 * Math.ceil(rounds / 40)
          ? []
          : [
              `${report.reconnections} connections of devices ended though only the database was away`,
            ]),
      ],
    };
  },
};

/** PostgreSQL and the worker die together. */
export const bothKill: ChaosScenario = {
  name: "both-kill",
  round: "kill -9 of PostgreSQL and the worker at once",
  rounds: 100,
  run: async ({ place, rounds, say }) =>
    findingOf(
      await disturbUnderLoad(place, {
        name: "both",
        rounds,
        pauseMs: [200, 2_000],
        disturb: async (site) => {
          const { worker } = site;
          await Promise.all([site.place.cluster.kill(), worker.kill()]);
          await site.place.cluster.restart();
          await site.replace(worker);
        },
        say,
      }),
    ),
};
