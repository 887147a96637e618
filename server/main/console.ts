import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import next from "next";
import { readEnv, type Env } from "#server/env.ts";
import { profileOptions } from "#server/gateway/mqtt/tls-profile.ts";
import { forwardedFor } from "#server/web/client-address.ts";
import { withRawResponse } from "#server/web/raw-response.ts";

/** HTTPS when TLS_CERT and TLS_KEY are set; plain HTTP is for loopback or a TLS proxy. */
function openServer(env: Env, listener: RequestListener): Server {
  if (env.TLS_CERT === undefined || env.TLS_KEY === undefined) return createHttpServer(listener);
  const pair = { cert: readFileSync(env.TLS_CERT), key: readFileSync(env.TLS_KEY) };
  return createHttpsServer({ ...profileOptions(), ...pair }, listener);
}

function portInUse(env: Env): Error {
  return new Error(
    `Port ${env.PORT} on ${env.HOST} is in use. Stop what uses it, or set PORT to another.`,
  );
}

async function runConsole(env: Env, dev: boolean): Promise<() => Promise<void>> {
  const app = next({
    dev,
    dir: process.cwd(),
    hostname: env.HOST,
    port: env.PORT,
    turbopack: true,
  });
  const handle = app.getRequestHandler();
  await app.prepare();
  const server = openServer(env, (request, response) => {
    // Next would take the client's own word for its address.
    request.headers["x-forwarded-for"] = forwardedFor({
      remoteAddress: request.socket.remoteAddress,
      header: [request.headers["x-forwarded-for"]].flat().join(","),
      trusted: env.TRUSTED_PROXIES,
    });
    withRawResponse(response, () => handle(request, response)).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? portInUse(env) : error),
    );
    server.listen(env.PORT, env.HOST, resolve);
  });
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // Live streams never end by themselves.
    server.closeAllConnections();
    await closed;
    await app.close();
  };
}

const stop = await runConsole(readEnv(), process.argv.includes("--dev")).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

let stopping = false;
function end(): void {
  if (stopping) return;
  stopping = true;
  stop()
    .catch((error: unknown) => console.error(error))
    .finally(() => process.exit(0));
}
process.on("SIGTERM", end);
process.on("SIGINT", end);
// The supervisor is gone.
process.on("disconnect", end);
process.send?.({ ready: true });
