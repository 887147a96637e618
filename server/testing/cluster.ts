import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startEmbeddedPostgres } from "#server/db/embedded.ts";

/** A throw-away PostgreSQL. */
export type TestCluster = {
  /** Process id of the server, whose children do the work. */
  readonly pid: number;
  /** SIGKILL of the server: its children notice and go. SIGQUIT is `pg_ctl stop -m immediate`. */
  kill(signal?: "SIGKILL" | "SIGQUIT"): Promise<void>;
  /** Resolves true when the server ended by itself within the time. */
  endsWithin(ms: number): Promise<boolean>;
  /** Starts the killed server again, on the same port and data. */
  restart(): Promise<void>;
  /** Superuser's URL of the named database. */
  urlOf(database: string): string;
  /** Runs one statement in the maintenance database. */
  query(sql: string): Promise<pg.QueryResult>;
  /** Stops the server and deletes its folder. */
  stop(): Promise<void>;
};

const hasty = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "autovacuum=off",
  "max_connections=300",
];

/**
 * Starts PostgreSQL in a new temporary folder.
 * @param input.durable keep fsync on, as in production: for tests of what survives, and benchmarks
 * @throws EmbeddedPostgresError
 */
export async function startTestCluster(input: {
  readonly durable: boolean;
  readonly settings?: readonly string[];
}): Promise<TestCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-test-"));
  // As root the server runs as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  const place = {
    dir: path.join(folder, "pg"),
    password: randomBytes(16).toString("hex"),
    settings: [...(input.durable ? [] : hasty), ...(input.settings ?? [])],
  };
  let server = await startEmbeddedPostgres(place);
  const port = Number(new URL(server.url).port);
  const killWithParent = () => void server.process.kill("SIGQUIT");
  process.once("exit", killWithParent);
  const hasEnded = () => server.process.exitCode !== null || server.process.signalCode !== null;
  const urlOf = (database: string) => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.toString();
  };
  return {
    get pid() {
      return server.process.pid ?? 0;
    },
    kill: async (signal = "SIGKILL") => {
      if (hasEnded()) return;
      const gone = new Promise<void>((resolve) => server.process.once("exit", () => resolve()));
      server.process.kill(signal);
      await gone;
    },
    endsWithin: async (ms) => {
      for (let waited = 0; waited < ms && !hasEnded(); waited += 50) await sleep(50);
      return hasEnded();
    },
    restart: async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          server = await startEmbeddedPostgres({ ...place, port });
          return;
        } catch (error) {
          // The killed server's children still hold its shared memory for a moment.
          if (attempt === 20) throw error;
          await sleep(250);
        }
      }
    },
    urlOf,
    query: async (sql) => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      try {
        return await client.query(sql);
      } finally {
        await client.end();
      }
    },
    stop: async () => {
      process.off("exit", killWithParent);
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
