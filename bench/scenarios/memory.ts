import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionsRequest } from "#bench/connections.ts";
import type { Arm, Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { holdConnections } from "#bench/held-connections.ts";
import { startReference } from "#bench/limit/start.ts";
import { residentMiB } from "#bench/processes.ts";
import { tlsClients } from "#bench/storm-clients.ts";
import { freePort } from "#server/db/embedded.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";
import { issueServerCertificate } from "#server/testing/issue-certificates.ts";

const usualConnections = 10_000;
const devices = 500;
const settleMs = 5_000;

type Server = { readonly pid: number; stop(): Promise<void> };
type Clients = Omit<ConnectionsRequest, "port">;

/**
 * What so many connections add to a server that was just started, scaled to ten thousand. Each
 * measurement has a process of its own: memory that was once taken is not given back.
 */
async function measure(server: Server, port: number, clients: Clients): Promise<Measurement> {
  const wanted = clients.clients.length;
  // One connection first, so that what is loaded once is not counted.
  const first = holdConnections({ ...clients, port, clients: clients.clients.slice(0, 1) });
  await first.until(1, 30_000);
  await first.stop();
  await sleep(1_000);
  const before = residentMiB(server.pid);
  const held = holdConnections({ ...clients, port });
  try {
    if ((await held.until(wanted, 240_000)) === Infinity) {
      throw new Error(`Only ${held.state.connected} of ${wanted} connections were accepted.`);
    }
    await sleep(settleMs);
    const after = residentMiB(server.pid);
    return {
      value: ((after - before) / wanted) * usualConnections,
      more: { rssMiB: after, beforeMiB: before, connections: wanted },
    };
  } finally {
    await held.stop();
    await server.stop();
  }
}

function ours(place: Installation, clients: Clients): Arm {
  return {
    name: "quayside",
    measure: async () => {
      const port = await freePort();
      const listener = clients.isTls ? "MQTTS_PORT" : "MQTT_PORT";
      const worker = await place.startWorker({ NODE_ENV: "production", [listener]: String(port) });
      return measure(worker, port, clients);
    },
  };
}

async function prepareTls(_say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const place = await startInstallation();
  const connections = settings.connections ?? usualConnections;
  const given = await tlsClients(place, { prefix: "held", connections, devices });
  const clients = { ...given, isTls: true, spreadMs: 10_000 };
  const tls = await issueServerCertificate(place);
  return {
    arms: [
      ours(place, clients),
      {
        name: "bare Node TLS",
        measure: async () => {
          const server = await startReference("limit/connections.ts", [], tls);
          return measure(server, server.port, clients);
        },
      },
    ],
    stop: () => place.stop(),
  };
}

async function preparePlain(_say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const place = await startInstallation();
  const known = await place.createDevices(devices, "held");
  const connections = settings.connections ?? usualConnections;
  const clients = {
    isTls: false,
    spreadMs: 10_000,
    credentials: [],
    clients: Array.from({ length: connections }, (_, index) => {
      const device = known[index % devices];
      const further = Math.floor(index / devices);
      const id = device?.id ?? "";
      return {
        clientId: further === 0 ? id : `${id}.${further}`,
        username: id,
        password: device?.token ?? "",
      };
    }),
  };
  return {
    arms: [
      ours(place, clients),
      {
        name: "aedes",
        measure: async () => {
          const server = await startReference("limit/aedes.ts", []);
          return measure(server, server.port, clients);
        },
      },
    ],
    stop: () => place.stop(),
  };
}

/** P13 over mutual TLS, beside a bare Node TLS server with the same certificates. */
export const memoryTls: Scenario = {
  id: "P13 mTLS",
  name: "memory per 10 000 connected devices, mutual TLS",
  unit: "MiB",
  rounds: 3,
  prepare: prepareTls,
};

/** P13 in the clear, beside Aedes. */
export const memoryPlain: Scenario = {
  id: "P13 plain",
  name: "memory per 10 000 connected devices, plain",
  unit: "MiB",
  rounds: 3,
  prepare: preparePlain,
};
