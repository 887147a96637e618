import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { connect } from "node:net";
import type { Database } from "#server/db/client.ts";
import { partitionsAhead } from "#server/db/ensure-partitions.ts";
import type { Env } from "#server/env.ts";
import { minPartitionsAhead } from "#server/jobs/worker-jobs.ts";
import type { ReadinessCheck } from "#server/observability/health-server.ts";
import type { Metrics } from "#server/observability/metrics.ts";

/** What must hold before devices and people are sent here. */
export function workerChecks(at: {
  readonly env: Env;
  readonly db: Database;
  readonly metrics: Metrics;
  readonly signerPath: string;
  /** Whether the device listeners are open. */
  readonly isListening: () => boolean;
}): readonly ReadinessCheck[] {
  return [
    {
      name: "database",
      check: async () => {
        await at.db.pool.query("SELECT 1");
        return "answers";
      },
    },
    {
      name: "partitions",
      check: async () => {
        const ahead = await partitionsAhead(at.db);
        at.metrics.partitionsAhead.set(ahead);
        if (ahead >= minPartitionsAhead) return `${ahead} coming days have their partition`;
        throw new Error(
          `Only ${ahead} coming days have their telemetry partition. See the job telemetry.partitions in the log.`,
        );
      },
    },
    {
      name: "listeners",
      check: async () => {
        if (at.isListening()) return "open";
        throw new Error("The device listeners are not open.");
      },
    },
    { name: "signer", check: () => checkSigner(at.signerPath) },
    { name: "console", check: () => checkConsole(at.env) },
  ];
}

function checkSigner(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve("answers");
    });
    socket.once("error", () => {
      reject(new Error("The signer does not answer. See signer.log."));
    });
  });
}

/** Through the port that browsers use; its certificate is the operator's and not judged here. */
function checkConsole(env: Env): Promise<string> {
  const host = env.HOST === "0.0.0.0" || env.HOST === "::" ? "127.0.0.1" : env.HOST;
  const address = { host, port: env.PORT, path: "/api/health", timeout: 1500 };
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error("The console does not answer. See console.log."));
    const request =
      env.TLS_CERT === undefined
        ? httpGet(address)
        : httpsGet({ ...address, rejectUnauthorized: false });
    request.once("error", fail);
    request.once("timeout", () => request.destroy(new Error("timeout")));
    request.once("response", (response) => {
      response.resume();
      if (response.statusCode === 200) resolve("answers");
      else fail();
    });
  });
}
