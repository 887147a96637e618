import "server-only";
import { openDatabase, type Database } from "#server/db/client.ts";
import { consoleEnv } from "#server/web/environment.ts";

// Kept on globalThis: a development reload makes this module anew, and the old pool would leak.
const kept = globalThis as typeof globalThis & { quaysideDatabase?: Database };

/** The console's pool of connections, opened at its first use. */
export function consoleDatabase(): Database {
  kept.quaysideDatabase ??= openDatabase({ url: consoleEnv().APP_DATABASE_URL });
  return kept.quaysideDatabase;
}
