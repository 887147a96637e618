import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { holdConnections, type HeldConnections } from "#bench/held-connections.ts";
import { residentMiB } from "#bench/processes.ts";
import { tlsClients } from "#bench/storm-clients.ts";
import { freePort } from "#server/db/embedded.ts";
import { startInstallation, type WorkerProcess } from "#server/testing/installation.ts";

const usualConnections = 5_000;
const patienceMs = 180_000;

async function prepare(_say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const place = await startInstallation();
  const connections = settings.connections ?? usualConnections;
  const clients = await tlsClients(place, { prefix: "storm", connections, devices: 100 });
  const port = await freePort();
  const env = { NODE_ENV: "production", MQTTS_PORT: String(port) };
  const running: { worker: WorkerProcess; held?: HeldConnections } = {
    worker: await place.startWorker(env),
  };
  const measure = async (): Promise<Measurement> => {
    running.held ??= holdConnections({ ...clients, port, isTls: true, spreadMs: 5_000 });
    const { held } = running;
    if ((await held.until(connections, patienceMs)) === Infinity) {
      throw new Error(`Only ${held.state.connected} of ${connections} clients were connected.`);
    }
    await sleep(2_000);
    const before = held.state;
    await running.worker.kill();
    await held.untilBelow(connections, 5_000);
    running.worker = await place.startWorker(env);
    // From here on clients are let in; they began to try when their connections ended.
    const ms = await held.until(connections, patienceMs);
    return {
      value: ms / 1000,
      more: {
        attemptsPerClient: (held.state.attempts - before.attempts) / connections,
        rssMiB: residentMiB(running.worker.pid, "peak"),
      },
    };
  };
  return {
    arms: [{ name: "quayside", measure }],
    stop: async () => {
      await running.held?.stop();
      await place.stop();
    },
  };
}

/** Five thousand clients over mutual TLS that come back within five seconds of each other. */
export const storm: Scenario = {
  id: "storm",
  name: "reconnect storm: until all of 5 000 mutual TLS clients are back after their worker died",
  unit: "s",
  rounds: 3,
  prepare,
};
