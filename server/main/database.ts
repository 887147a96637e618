import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "#server/db/embedded.ts";
import type { Env } from "#server/env.ts";
import type { Secrets } from "#server/main/secrets.ts";

/** The database that this installation works on: PostgreSQL of its own, or the one of DATABASE_URL. */
export type MainDatabase = { readonly ownerUrl: string; stop(): Promise<void> };

/** A worker has 17 at most, and while it is replaced there are two of it; the rest is for the others. */
function connectionsFor(workers: number): number {
  return Math.max(100, 60 + 17 * (workers + 1));
}

/**
 * Starts the embedded PostgreSQL unless DATABASE_URL names another, and starts it again on the same
 * port whenever it ends by itself.
 * @throws EmbeddedPostgresError
 */
export async function startDatabase(input: {
  readonly env: Env;
  readonly secrets: Secrets;
  readonly onRestart: (text: string) => void;
}): Promise<MainDatabase> {
  const { env, secrets } = input;
  if (env.DATABASE_URL !== undefined) {
    return { ownerUrl: env.DATABASE_URL, stop: () => Promise.resolve() };
  }
  const start = (port?: number) =>
    startEmbeddedPostgres({
      dir: path.join(env.DATA_DIR, "pg"),
      password: secrets.ownerPassword,
      settings: [`max_connections=${connectionsFor(env.WORKERS)}`],
      ...(port === undefined ? {} : { port }),
    });
  let current: EmbeddedPostgres = await start();
  const port = Number(new URL(current.url).port);
  let stopping = false;

  const supervise = async (): Promise<void> => {
    while (!stopping) {
      const server = current.process;
      await new Promise<void>((resolve) => {
        if (server.exitCode !== null || server.signalCode !== null) resolve();
        else server.once("exit", () => resolve());
      });
      if (stopping) return;
      input.onRestart("The database ended; starting it again.");
      try {
        current = await start(port);
      } catch (error) {
        input.onRestart(error instanceof Error ? error.message : String(error));
        await sleep(2_000);
      }
    }
  };
  const supervision = supervise();
  return {
    ownerUrl: current.url,
    stop: async () => {
      stopping = true;
      await current.stop();
      await supervision;
    },
  };
}
