import { holdConnections } from "#bench/held-connections.ts";
import { residentMiB } from "#bench/processes.ts";
import { tlsClients } from "#bench/storm-clients.ts";
import type { ChaosScenario } from "#e2e/chaos/scenario.ts";
import { freePort } from "#server/db/embedded.ts";

const backWithinMs = 60_000;
const maxResidentMiB = 1_024;

/**
 * All clients are connected over mutual TLS, the worker dies, and all of them come back within five
 * seconds of its death, again and again until they are let in.
 */
export function reconnectStorm(connections: number): ChaosScenario {
  return {
    name: "reconnect-storm",
    round: `death of a worker with ${connections} mutual TLS connections`,
    rounds: 5,
    run: async ({ place, rounds, say }) => {
      const devices = Math.ceil(connections / 50);
      const clients = await tlsClients(place, { prefix: "storm", connections, devices });
      const port = await freePort();
      const env = { MQTTS_PORT: String(port) };
      let worker = await place.startWorker(env);
      const held = holdConnections({ ...clients, port, isTls: true, spreadMs: 5_000 });
      const problems: string[] = [];
      let slowest = await held.until(connections, 2 * backWithinMs);
      let largest = residentMiB(worker.pid, "peak");
      try {
        if (slowest === Infinity) problems.push(`only ${held.state.connected} ever connected`);
        for (let round = 0; round < rounds && problems.length === 0; round += 1) {
          await worker.kill();
          const gone = await held.untilBelow(connections, 5_000);
          worker = await place.startWorker(env);
          const ms = await held.until(connections, backWithinMs);
          say(`storm: ${held.state.connected} back after ${Math.round(ms)} ms`);
          if (!gone) problems.push("the connections did not end with their worker");
          if (ms === Infinity) {
            problems.push(`only ${held.state.connected} of ${connections} back after 60 s`);
          }
          slowest = Math.max(slowest, ms);
          largest = Math.max(largest, residentMiB(worker.pid, "peak"));
        }
      } finally {
        await held.stop();
        await worker.stop();
      }
      if (largest > maxResidentMiB) problems.push(`the worker grew to ${largest} MiB`);
      const { attempts, refused } = held.state;
      return {
        problems,
        facts: {
          connections,
          attempts,
          refused,
          slowestMs: Math.round(slowest),
          largestRssMiB: Math.round(largest),
        },
      };
    },
  };
}
