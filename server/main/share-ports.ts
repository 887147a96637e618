import { createServer } from "node:net";
import type { Env } from "#server/env.ts";
import { listenProblem, type Endpoint } from "#server/gateway/mqtt/open-port.ts";
import { endpointsOf } from "#server/gateway/mqtt/open-ports.ts";
import { portOptions } from "#server/main/open-listeners.ts";
import { deviceHttpsEndpoint } from "#server/main/start-device-https.ts";
import { pkiEndpoint } from "#server/main/start-pki.ts";

/** Opens a port and closes it again. @throws NodeJS.ErrnoException */
async function tryPort(options: {
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
}): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, resolve);
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Whether several processes may listen on one port here, so that the system deals out what comes. */
async function canSharePorts(): Promise<boolean> {
  try {
    await tryPort({ host: "127.0.0.1", port: 0, reusePort: true });
    return true;
  } catch {
    return false;
  }
}

/** Workers that share a port do not notice that a stranger, another Quayside say, has it too. */
async function checkFree(endpoint: Endpoint): Promise<void> {
  try {
    await tryPort({ host: endpoint.host, port: endpoint.port, reusePort: false });
  } catch (error) {
    const problem = error as NodeJS.ErrnoException;
    throw new Error(listenProblem(problem, endpoint), { cause: error });
  }
}

/**
 * Decides, before any worker runs, whether workers share their ports.
 * @throws Error when a port is in use, or several workers are wanted where ports cannot be shared
 */
export async function sharePorts(env: Env): Promise<boolean> {
  if (!(await canSharePorts())) {
    if (env.WORKERS === 1) return false;
    throw new Error(
      `WORKERS is ${env.WORKERS}, but on ${process.platform} several processes cannot listen on one port (SO_REUSEPORT). Set WORKERS to 1, or run Quayside on Linux or FreeBSD.`,
    );
  }
  const mqtt = endpointsOf(portOptions(env)).values();
  const endpoints = [...mqtt, deviceHttpsEndpoint(env), pkiEndpoint(env)];
  for (const endpoint of endpoints) await checkFree(endpoint);
  return true;
}
