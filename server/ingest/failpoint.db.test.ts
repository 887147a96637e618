import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

let device: DeviceIdentity;
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
});

/** Says what it is told, then stays until it is killed. */
const script = `
  import { openDatabase } from "#server/db/client.ts";
  import { parseFailpoint } from "#server/ingest/failpoint.ts";
  import { startIngestBench } from "#server/testing/ingest.ts";
  const { url, device, failpoint } = JSON.parse(process.argv[1]);
  const db = openDatabase({ url, max: 5 });
  const bench = startIngestBench(db, { failpoint: parseFailpoint(failpoint) });
  const identity = { ...device, deviceKey: BigInt(device.deviceKey) };
  const [told] = await bench.send(identity, ['{"id":"x","values":{"a":1}}']);
  await new Promise((resolve) => process.stdout.write(told.outcome, resolve));
  process.kill(process.pid, "SIGTERM");`;

async function run(failpoint: string): Promise<{ told: string; signal: string; stored: number }> {
  const deviceKey = device.deviceKey.toString();
  const input = { url: database.ingestUrl, device: { ...device, deviceKey }, failpoint };
  const child = spawn(
    process.execPath,
    ["--input-type=module", "-e", script, JSON.stringify(input)],
    {
      cwd: path.resolve(import.meta.dirname, "../.."),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  const [, signal] = (await once(child, "close")) as [number | null, string];
  const { rows } = await owner.query<{ count: number }>(
    "SELECT count(*)::integer AS count FROM telemetry.reading WHERE device_key = $1",
    [deviceKey],
  );
  return { told, signal, stored: rows[0]?.count ?? -1 };
}

describe("a fail-point", () => {
  it.each([
    ["none", { told: "stored", signal: "SIGTERM", stored: 1 }],
    ["crash-before-parse:1", { told: "", signal: "SIGKILL", stored: 0 }],
    ["crash-after-parse:1", { told: "", signal: "SIGKILL", stored: 0 }],
    ["crash-mid-batch:1", { told: "", signal: "SIGKILL", stored: 0 }],
    ["crash-after-commit:1", { told: "", signal: "SIGKILL", stored: 1 }],
    ["crash-after-commit:0", { told: "stored", signal: "SIGTERM", stored: 1 }],
  ])("%s: the publisher is told and the database holds %j", async (failpoint, expected) => {
    expect(await run(failpoint)).toEqual(expected);
  });
});
