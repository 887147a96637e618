import { setTimeout as sleep } from "node:timers/promises";
import { CliError, type Command } from "#server/cli/command.ts";
import { notRunning, runningProduct } from "#server/cli/session.ts";
import { isSupervisor } from "#server/main/instance-lock.ts";

/** A worker has 12 s to end, and the next one some to start. */
const secondsPerWorker = 30;

export const workersRestart: Command = {
  words: ["workers", "restart"],
  usage: "",
  summary: "Replace the workers one after the other; devices reconnect, nothing is lost.",
  options: [],
  run: async (at) => {
    const { env, signal } = at;
    const before = runningProduct(env);
    // By now another program may have the process id, and SIGHUP would end it.
    if (before === undefined || !isSupervisor(before.supervisorPid)) throw notRunning(env);
    const old = new Set(before.workers.map(({ pid }) => pid));
    at.say(`Replacing ${before.workers.length} worker(s).`);
    process.kill(before.supervisorPid, "SIGHUP");
    for (let waited = 0; waited < old.size * secondsPerWorker; waited += 0.2) {
      await sleep(200, undefined, { signal });
      const workers = runningProduct(env)?.workers ?? [];
      if (workers.length > 0 && workers.every(({ pid }) => !old.has(pid))) {
        const text = workers.map(({ name, pid }) => `${name}: process ${pid ?? "?"}`).join("\n");
        return { json: { workers }, text };
      }
    }
    throw new CliError(
      "unavailable",
      "Not every worker was replaced in time; those that were not run on.",
      `Look at what \`npm start\` said, and at the workers' logs in ${env.DATA_DIR}/log.`,
    );
  },
};
