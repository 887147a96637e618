import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { PrismaClient, type Prisma } from "#server/db/generated/client.ts";
import { openWatchedPool } from "#server/db/watched-pool.ts";

/** A pool of connections as one of the application's roles. Only `server/db` looks inside. */
export type Database = {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  close(): Promise<void>;
};

/** A transaction in which `app.tenant` is set; see {@link withTenant}. */
export type Tx = Prisma.TransactionClient;

/** Opens a pool; nothing connects before the first query. */
export function openDatabase(input: { readonly url: string; readonly max?: number }): Database {
  const { pool, unwatch } = openWatchedPool({
    connectionString: input.url,
    max: input.max ?? 10,
    connectionTimeoutMillis: 5_000,
    application_name: "quayside",
  });
  // An idle connection that breaks is replaced at the next query, which reports what it meets.
  pool.on("error", () => undefined);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: "minimal" });
  return {
    prisma,
    pool,
    close: async () => {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
      unwatch();
    },
  };
}
