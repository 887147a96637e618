import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommandLine } from "#server/cli/run-command-line.ts";
import { parseEnv } from "#server/env.ts";
import { certifiedDevices } from "#server/testing/campaigns.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let folder: string;

beforeAll(async () => {
  database = await cloneDatabase();
  folder = mkdtempSync(path.join(tmpdir(), "quayside-cli-"));
  acme = await createTestTenant(database, { slug: "acme", operator: true });
  const issuedAt = new Date(Date.now() - 86_400_000);
  await certifiedDevices(
    { database, tenant: acme },
    { prefix: "cli", count: 3, tags: ["cli"], issuedAt },
  );
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** @param line words with single blanks between them */
async function run(line: string) {
  let [stdout, stderr] = ["", ""];
  const status = await runCommandLine(line.split(" "), {
    readEnv: () =>
      parseEnv({
        DATA_DIR: folder,
        APP_DATABASE_URL: database.appUrl,
        INGEST_DATABASE_URL: database.ingestUrl,
        ENCRYPTION_KEY: "a".repeat(43),
      }),
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    input: async () => "",
    signal: new AbortController().signal,
  });
  return { status, stdout, stderr };
}

async function json(line: string): Promise<Record<string, unknown>> {
  const ended = await run(`${line} --json`);
  expect({ ...ended, status: 0 }).toEqual(ended);
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}

it("a campaign goes from its preview to its report by commands alone", async () => {
  expect(await json("campaign preview --tags cli")).toMatchObject({ taken: 3, neverSeen: 3 });
  const made = await json(
    "campaign create --name Pumps --tags cli --profile generic --waves 50,100 --per-minute 5",
  );
  const id = String(made["id"]);
  expect(made).toMatchObject({ state: "draft", perMinute: 5, patienceDays: 7 });

  expect(await json(`campaign start ${id}`)).toMatchObject({ state: "running", total: 3 });
  expect(await json(`campaign pause ${id}`)).toMatchObject({ state: "paused" });
  expect(await json(`campaign resume ${id}`)).toMatchObject({ state: "running" });
  expect((await run(`campaign show ${id}`)).stdout).toContain("Wave 1 of 2, 3 devices");
  expect((await run("campaign list")).stdout).toContain("0 of 3 renewed");
  expect(await json(`campaign cancel ${id}`)).toMatchObject({ state: "cancelled" });

  const file = path.join(folder, "report.csv");
  await json(`campaign report ${id} --file ${file}`);
  expect(readFileSync(file, "utf8").trim().split("\r\n")).toHaveLength(4);
  expect((await run(`campaign report ${id} --file ${file}`)).status).toBe(1);
  expect((await run("campaign create --name X --waves lots")).status).toBe(2);
  expect((await run("campaign preview --ends-before soon")).status).toBe(2);
});
