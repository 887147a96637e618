import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBulk } from "#server/jobs/bulk/start.ts";
import { startExports } from "#server/jobs/exports/start.ts";
import { createLog } from "#server/observability/log.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import { certifiedDevices } from "#server/testing/campaigns.ts";
import { testCommandLine } from "#server/testing/command-line.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
} from "#server/testing/database.ts";

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await cloneDatabase();
  folder = mkdtempSync(path.join(tmpdir(), "quayside-cli-"));
  const tenant = await createTestTenant(database, { slug: "acme", operator: true });
  await certifiedDevices(
    { database, tenant },
    { prefix: "cli", count: 3, tags: [], issuedAt: new Date() },
  );
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (line: string) => testCommandLine({ database, dataDir: folder }).run(line);
const json = (line: string) => testCommandLine({ database, dataDir: folder }).json(line);

it("devices are changed and exported by commands alone", async () => {
  const system = {
    db: database.app,
    signer: absentSigner(),
    keyring: testKeyring,
    now: () => new Date(),
  };
  const parts = {
    db: database.ingest,
    system,
    log: createLog({ name: "test", level: "silent" }),
    workerId: randomUUID(),
  };
  expect(await json("bulk preview --all yes")).toMatchObject({ devices: 3 });
  const { id } = await json("bulk start add-tags --text cli --tags hall-3");
  const workers = [startBulk(parts), startExports({ ...parts, dataDir: folder })];
  try {
    const shown = () => json(`bulk show ${String(id)}`);
    await expect.poll(async () => (await shown())["state"], { timeout: 5_000 }).toBe("done");
    const report = path.join(folder, "report.csv");
    await json(`bulk report ${String(id)} --file ${report}`);
    expect(readFileSync(report, "utf8").trim().split("\r\n")).toHaveLength(4);
    expect((await run("bulk list")).stdout).toContain("3 of 3");

    const file = path.join(folder, "devices.csv");
    const fetched = await json(`export devices --devices cli-0,cli-2 --file ${file}`);
    expect(fetched).toMatchObject({ file, bytes: statSync(file).size });
    expect(readFileSync(file, "utf8")).toContain("cli-2");
    expect(readFileSync(file, "utf8")).toContain("hall-3");
    expect((await run("export list")).stdout).toContain("2 rows");
    const exportId = String(fetched["id"]);
    expect((await run(`export fetch ${exportId} --file ${file}`)).status).toBe(1);
    expect(await json(`export cancel ${exportId}`)).toMatchObject({ isExpired: true });
  } finally {
    for (const worker of workers) await worker.stop();
  }
  expect((await run("bulk start decommission --all yes --reason sold")).status).toBe(1);
  expect((await run("bulk start paint --all yes")).status).toBe(2);
  expect((await run("bulk start suspend")).status).toBe(2);
  expect((await run("export telemetry --all yes --from 2026-01-01")).status).toBe(2);
});
