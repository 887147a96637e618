import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { certifiedDevices } from "#server/testing/campaigns.ts";
import { testCommandLine } from "#server/testing/command-line.ts";
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

const run = (line: string) => testCommandLine({ database, dataDir: folder }).run(line);
const json = (line: string) => testCommandLine({ database, dataDir: folder }).json(line);

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
