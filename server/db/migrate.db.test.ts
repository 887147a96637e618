import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { schemaDrift } from "#server/db/migrate.ts";
import { cloneDatabase, type TestDatabase } from "#server/testing/database.ts";

const run = promisify(execFile);
const { adminUrl, passwords } = inject("templateDatabase");

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

async function withEmptyDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(adminUrl);
    url.pathname = `/${name}`;
    await work(url.toString());
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  }
}

/** Migrates in a process of its own and returns the names of what it applied. */
async function migrateInProcess(ownerUrl: string): Promise<string[]> {
  const script = `
    import { migrate } from "#server/db/migrate.ts";
    const { applied } = await migrate(JSON.parse(process.argv[1]));
    console.log(JSON.stringify(applied));`;
  const { stdout } = await run(
    process.execPath,
    ["--input-type=module", "-e", script, JSON.stringify({ ownerUrl, passwords })],
    { cwd: path.resolve(import.meta.dirname, "../..") },
  );
  return JSON.parse(stdout) as string[];
}

it("the migrations bring the database to exactly what the Prisma schema says", async () => {
  expect(await schemaDrift(database.ownerUrl)).toBe("");
});

it("a column that no migration made is seen as drift", async () => {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query("ALTER TABLE device ADD COLUMN colour text");

  const drift = await schemaDrift(database.ownerUrl);

  await owner.query("ALTER TABLE device DROP COLUMN colour");
  await owner.end();
  expect(drift).toMatch(/DROP COLUMN "colour"/);
});

it("of two starts at once one migrates and the other finds nothing to do", async () => {
  await withEmptyDatabase(async (url) => {
    const applied = await Promise.all([migrateInProcess(url), migrateInProcess(url)]);

    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await schemaDrift(url)).toBe("");
  });
});

it("a second migration leaves the rows as they are", async () => {
  await withEmptyDatabase(async (url) => {
    await migrateInProcess(url);
    const owner = new pg.Client({ connectionString: url });
    await owner.connect();
    await owner.query("INSERT INTO tenant (slug, name) VALUES ('acme', 'Acme')");

    const applied = await migrateInProcess(url);

    const tenants = await owner.query("SELECT slug FROM tenant");
    await owner.end();
    expect(applied).toEqual([]);
    expect(tenants.rows).toEqual([{ slug: "acme" }]);
  });
});
