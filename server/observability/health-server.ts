import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Registry } from "prom-client";

/** Something that must hold before work is sent here; it throws why it does not. */
export type ReadinessCheck = { readonly name: string; readonly check: () => Promise<string> };

export type ReadinessReport = {
  readonly ready: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
  }[];
};

const checkTimeoutMs = 2000;

/**
 * Serves `/metrics` (Prometheus), `/healthz` (the process lives) and `/readyz` (each check in JSON,
 * 503 with reasons while one fails) on loopback.
 * @returns a function that ends it
 * @throws an error that names METRICS_PORT when the port is in use
 */
export async function serveHealth(input: {
  readonly port: number;
  /** Whether the worker that takes over may already listen there while this one ends. */
  readonly isShared?: boolean;
  readonly registry: Registry;
  readonly checks: readonly ReadinessCheck[];
}): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405, "");
    if (path === "/healthz") return end(response, 200, '{"alive":true}\n');
    if (path === "/readyz") return void respondReady(input.checks, response);
    if (path === "/metrics") return void respondMetrics(input.registry, response);
    return end(response, 404, "");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const inUse = error.code === "EADDRINUSE";
      reject(
        inUse
          ? new Error(
              `Port ${input.port} for metrics is in use. Stop the other program or set METRICS_PORT.`,
            )
          : error,
      );
    });
    const { port, isShared: reusePort = false } = input;
    server.listen({ port, host: "127.0.0.1", reusePort }, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** Runs all checks side by side, two seconds at most each. */
export async function readReadiness(checks: readonly ReadinessCheck[]): Promise<ReadinessReport> {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        return { name, ok: true, detail: await inTime(check()) };
      } catch (error) {
        return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
  return { ready: results.every(({ ok }) => ok), checks: results };
}

async function inTime(work: Promise<string>): Promise<string> {
  const abort = new AbortController();
  const late = sleep(checkTimeoutMs, undefined, { signal: abort.signal }).then(() => {
    throw new Error(`No answer within ${checkTimeoutMs / 1000} s.`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    abort.abort();
    late.catch(() => undefined);
  }
}

async function respondReady(
  checks: readonly ReadinessCheck[],
  response: ServerResponse,
): Promise<void> {
  const report = await readReadiness(checks);
  end(response, report.ready ? 200 : 503, `${JSON.stringify(report)}\n`);
}

async function respondMetrics(registry: Registry, response: ServerResponse): Promise<void> {
  try {
    end(response, 200, await registry.metrics(), registry.contentType);
  } catch (error) {
    end(response, 500, error instanceof Error ? error.message : String(error), "text/plain");
  }
}

function end(
  response: ServerResponse,
  status: number,
  body: string,
  type = "application/json",
): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
}
