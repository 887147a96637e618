import { readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { ensureRoles, type RolePasswords, type RoleUrls } from "#server/db/roles.ts";
import { applyMigrations, diffFromDatabase, readMigrations } from "#server/db/schema-engine.ts";

const prismaFolder = path.resolve(import.meta.dirname, "../../prisma");
/** Any constant: it only has to be the same in every start. */
const startLock = 7_294_816_301;

async function datamodel(): Promise<string> {
  return readFile(path.join(prismaFolder, "schema.prisma"), "utf8");
}

/**
 * Brings the database behind the owner's URL up to date: roles, then migrations. An advisory lock
 * makes two starts at once safe: the second waits and finds nothing to do.
 */
export async function migrate(input: {
  readonly ownerUrl: string;
  readonly passwords: RolePasswords;
}): Promise<RoleUrls & { readonly applied: readonly string[] }> {
  const client = new pg.Client({ connectionString: input.ownerUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [startLock]);
    const urls = await ensureRoles(client, input.ownerUrl, input.passwords);
    const migrations = await readMigrations(path.join(prismaFolder, "migrations"));
    const applied = (await alreadyApplied(
      client,
      migrations.map(({ name }) => name),
    ))
      ? []
      : await applyMigrations({ url: input.ownerUrl, datamodel: await datamodel(), migrations });
    await client.query("SELECT telemetry.ensure_partitions(current_date - 8, 12)");
    return { ...urls, applied };
  } finally {
    await client.end();
  }
}

/** Spares the engine's start (half a second) when every migration has been applied. */
async function alreadyApplied(client: pg.Client, names: readonly string[]): Promise<boolean> {
  const table = await client.query<{ known: boolean }>(
    "SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS known",
  );
  if (table.rows[0]?.known !== true) return false;
  const rows = await client.query<{ migration_name: string }>(
    "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const done = new Set(rows.rows.map((row) => row.migration_name));
  return names.every((name) => done.has(name));
}

/** SQL by which the migrated database differs from the Prisma schema; empty when they agree. */
export async function schemaDrift(url: string): Promise<string> {
  return diffFromDatabase({ url, datamodel: await datamodel() });
}
