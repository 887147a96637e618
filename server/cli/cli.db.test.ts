import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { randomBytes, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "#server/cli/run-command-line.ts";
import { parseEnv } from "#server/env.ts";
import { startSigner } from "#server/main/signer-process.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";

let database: TestDatabase;
let dataDir: string;
let signer: { stop(): Promise<void> };

type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };

function environment(appUrl: string): Record<string, string> {
  return {
    PATH: "/usr/bin:/bin",
    DATA_DIR: dataDir,
    APP_DATABASE_URL: appUrl,
    INGEST_DATABASE_URL: database.ingestUrl,
    ENCRYPTION_KEY: "a".repeat(43),
  };
}

/** Runs the command line in this process. */
async function cli(
  parameters: readonly string[],
  appUrl = database.appUrl,
  input = "",
): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  const status = await runCommandLine(parameters, {
    readEnv: () => parseEnv(environment(appUrl)),
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    input: async () => input,
    signal: new AbortController().signal,
  });
  return { status, stdout, stderr };
}

/** Runs it in a process of its own, as a person would. */
async function cliProcess(parameters: readonly string[], input = ""): Promise<Ended> {
  const file = path.resolve(import.meta.dirname, "main.ts");
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [file, ...parameters],
      { env: { ...environment(database.appUrl), NODE_ENV: "test" } },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/** The one JSON document of `--json`. */
async function json(parameters: readonly string[], status = 0): Promise<Record<string, unknown>> {
  const ended = await cli([...parameters, "--json"]);
  expect({ ...ended, status }).toEqual(ended);
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}

beforeAll(async () => {
  database = await cloneDatabase();
  dataDir = mkdtempSync(path.join(tmpdir(), "quayside-cli-"));
  chmodSync(dataDir, 0o700);
  signer = await startSigner({ DATA_DIR: dataDir, LOG_LEVEL: "silent" });
  await createTestTenant(database, { slug: "acme", operator: true });
  await createTestTenant(database, { slug: "other" });
});

afterAll(async () => {
  await signer.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("device commands", () => {
  it("create gives everything that a device needs, and the device can be listed and shown", async () => {
    const made = await json(["device", "create", "--name", "Pump 17"]);

    const certificate = new X509Certificate(String(made["certificatePem"]));
    expect(made).toMatchObject({ deviceId: "pump-17", profile: "generic" });
    expect(certificate.subject).toContain("CN=pump-17");
    expect(String(made["privateKeyPem"])).toContain("PRIVATE KEY");
    expect(new X509Certificate(String(made["caPem"])).ca).toBe(true);
    expect(await json(["device", "list", "--text", "pump-17"])).toMatchObject({
      devices: [{ deviceId: "pump-17", presence: "never_seen" }],
    });
    expect(await json(["device", "show", "pump-17"])).toMatchObject({
      deviceId: "pump-17",
      certificates: [{ state: "issued", sha256: made["sha256"] }],
    });
  });

  it("a signing request made by openssl is enough, and the key stays where it is", async () => {
    const key = path.join(dataDir, "own.key");
    const csr = path.join(dataDir, "own.csr");
    execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key]);
    execFileSync("openssl", ["req", "-new", "-key", key, "-subj", "/CN=meter-1", "-out", csr]);

    const made = await json([
      "device",
      "create",
      "--name",
      "Meter",
      "--id",
      "meter-1",
      "--csr",
      csr,
    ]);

    expect(made).toMatchObject({ deviceId: "meter-1", privateKeyPem: null });
  });

  it("revoke revokes every certificate of the device, once", async () => {
    await json(["device", "create", "--name", "Lost", "--id", "lost-1"]);

    const revoked = await json(["device", "revoke", "lost-1", "--reason", "key_compromise"]);
    const again = await json(["device", "revoke", "lost-1"], 1);

    expect(revoked).toMatchObject({ deviceId: "lost-1", revoked: [{ deviceId: "lost-1" }] });
    expect(again).toMatchObject({ error: { code: "conflict" } });
  });

  it("decommission ends the device", async () => {
    await json(["device", "create", "--name", "Old", "--id", "old-1"]);

    expect(await json(["device", "decommission", "old-1"])).toMatchObject({
      state: "decommissioned",
      certificatesRevoked: 1,
    });
  });

  it("another organisation's devices are not seen", async () => {
    await json([
      "device",
      "create",
      "--name",
      "Theirs",
      "--id",
      "theirs-1",
      "--organisation",
      "other",
    ]);

    expect(await json(["device", "show", "theirs-1"], 1)).toMatchObject({
      error: { code: "not_found" },
    });
    expect(await json(["device", "show", "theirs-1", "--organisation", "other"])).toMatchObject({
      deviceId: "theirs-1",
    });
  });
});

it("a profile is created from a file, and its devices use it by name", async () => {
  const file = path.join(dataDir, "profile.json");
  const jsonSchema = { type: "object", properties: { level: { type: "number" } } };
  writeFileSync(file, JSON.stringify({ name: "tank", jsonSchema }));

  expect(await json(["profile", "create", "--file", file])).toMatchObject({ fields: ["level"] });
  expect(await json(["device", "create", "--name", "Tank 1", "--profile", "tank"])).toMatchObject({
    profile: "tank",
  });
  expect(await json(["device", "create", "--name", "T", "--profile", "no"], 1)).toMatchObject({
    error: { code: "not_found", remedy: expect.stringContaining("tank") },
  });
});

describe("schemas", () => {
  const definition = {
    format: "json",
    jsonSchema: { type: "object", properties: { level: { type: "number", unit: "m" } } },
  };

  it("one is published from a file, bound to a profile, listed and shown", async () => {
    const file = path.join(dataDir, "tank-schema.json");
    writeFileSync(file, JSON.stringify(definition));
    const profile = path.join(dataDir, "basin.json");
    writeFileSync(profile, JSON.stringify({ name: "basin", jsonSchema: definition.jsonSchema }));
    await json(["profile", "create", "--file", profile]);

    expect(
      await json(["schema", "publish", "level", "--file", file, "--notes", "First"]),
    ).toMatchObject({ version: 1, bound: 0 });
    expect(await json(["schema", "bind", "level@1", "--profile", "basin"])).toMatchObject({
      schema: "level",
      previousSchema: "basin",
    });
    expect((await cli(["schema", "list", "--find", "lev"])).stdout).toMatch(
      /^level +json +version 1 +1 profile$/m,
    );
    const shown = (await cli(["schema", "show", "level"])).stdout;
    expect(shown).toContain("system:cli");
    expect(shown).toMatch(/^basin +all streams +all content types +version 1$/m);
    expect((await cli(["schema", "show", "level", "--version", "1"])).stdout).toMatch(
      /^level +number +m +telemetry$/m,
    );
    expect(await json(["schema", "infer", "--profile", "basin"])).toMatchObject({ samples: 0 });
  });

  it("what does not change is not published twice, and a version has to be named", async () => {
    const file = path.join(dataDir, "tank-schema.json");

    for (const _ of ["once", "again"]) {
      expect(await json(["schema", "publish", "level", "--file", file], 1)).toMatchObject({
        error: { code: "conflict", message: expect.stringContaining("Nothing changed") },
      });
    }
    expect((await cli(["schema", "bind", "level", "--profile", "basin"])).status).toBe(2);
  });
});

it("a token is shown as plain text for a script to read", async () => {
  const { stdout, status } = await cliProcess([
    "token",
    "create",
    "--role",
    "viewer",
    "--name",
    "ci",
  ]);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^qs_[A-Za-z0-9_-]{43}\n$/);
});

describe("who may connect", () => {
  it("a service client is made with its grants, changed, suspended and removed", async () => {
    const made = await json([
      "service-client",
      "create",
      "--name",
      "Node-RED",
      "--subscribe",
      "qs/v1/d/+/up/#,shared/#",
      "--publish",
      "shared/#",
    ]);
    expect(made).toMatchObject({
      username: "node-red@acme",
      grants: [
        { filter: "qs/v1/d/+/up/#", maySubscribe: true, mayPublish: false },
        { filter: "shared/#", maySubscribe: true, mayPublish: true },
      ],
    });
    const { stdout } = await cli(["service-client", "password", "node-red@acme"]);
    expect(stdout).toMatch(/^qsc_[A-Za-z0-9_-]{43}\n$/);
    const first = String(made["passwordId"]);
    await json(["service-client", "revoke", "node-red@acme", "--password", first]);
    await json(["service-client", "grants", "node-red@acme", "--subscribe", "a/#"]);
    await json(["service-client", "suspend", "node-red@acme"]);
    expect(await json(["service-client", "list"])).toMatchObject({
      serviceClients: [{ username: "node-red@acme", state: "suspended", grants: [{}] }],
    });
    await json(["service-client", "resume", "node-red@acme"]);
    await json(["service-client", "remove", "node-red@acme"]);
    expect(await json(["service-client", "list"])).toEqual({ serviceClients: [] });
  });

  it("a device gets a password and SAS keys, which can be rotated and revoked", async () => {
    await json(["device", "create", "--name", "Azure", "--id", "azure-1"]);

    expect((await cli(["device", "password", "azure-1"])).stdout).toMatch(/^[\w-]{43}\n$/);
    const made = await json(["device", "sas-key", "azure-1"]);
    expect(await json(["device", "sas-key", "azure-1"], 1)).toMatchObject({
      error: { code: "conflict" },
    });
    const rotated = await json(["device", "rotate-sas-key", "azure-1", "--slot", "primary"]);
    expect(rotated["key"]).not.toBe(made["key"]);
    await json([
      "device",
      "revoke-credential",
      "azure-1",
      "--credential",
      String(rotated["credentialId"]),
    ]);
    const { credentials } = await json(["device", "credentials", "azure-1"]);
    expect(credentials).toMatchObject([
      { kind: "password", state: "active" },
      { kind: "sas-primary", state: "revoked" },
      { kind: "sas-primary", state: "revoked" },
    ]);
  });

  it("a device's pre-shared key is made with its identity, rotated and listed", async () => {
    await json(["device", "create", "--name", "Psk", "--id", "psk-1"]);

    const made = await json(["device", "psk", "psk-1"]);
    expect(made).toMatchObject({ identity: "psk-1", slot: "primary" });
    expect(await json(["device", "psk", "psk-1"], 1)).toMatchObject({
      error: { code: "conflict" },
    });
    const own = randomBytes(16).toString("hex");
    const second = ["device", "psk", "psk-1", "--slot", "secondary", "--key", "-"];
    expect((await cli(second, undefined, `${own}\n`)).stdout).toBe(`psk-1/secondary ${own}\n`);
    const rotated = await json(["device", "rotate-psk", "psk-1"]);
    expect(rotated["key"]).not.toBe(made["key"]);
    expect((await cli(["device", "psk", "psk-1", "--slot", "third"])).status).toBe(2);
    const { credentials } = await json(["device", "credentials", "psk-1"]);
    expect(credentials).toMatchObject([
      { kind: "psk-primary", state: "active", lastUsedAt: null },
      { kind: "psk-secondary", state: "active" },
      { kind: "psk-primary", state: "revoked" },
    ]);
  });

  it("a device is made with what is noted of it, in quarantine, and keeps its token beside a new one", async () => {
    const noted = ["--serial", "SN-1", "--manufacturer", "Acme", "--model", "P9"];
    const more = ["--hardware-revision", "C", "--tags", "hall-7, pilot", "--quarantine", "yes"];
    const create = ["device", "create", "--name", "Noted", "--id", "noted-1"];

    expect(await json([...create, ...noted, ...more])).toMatchObject({
      serial: "SN-1",
      hardwareRevision: "C",
      tags: ["hall-7", "pilot"],
      state: "quarantined",
    });
    expect((await cli([...create, "--quarantine", "maybe"])).status).toBe(2);
    expect(await json(["device", "show", "noted-1"])).toMatchObject({ manufacturer: "Acme" });
    await json(["device", "password", "noted-1"]);
    await json(["device", "password", "noted-1", "--keep-old", "yes"]);
    const { credentials } = await json(["device", "credentials", "noted-1"]);
    expect(credentials).toMatchObject([{ state: "active" }, { state: "active" }]);
  });

  it("a device's own SAS key is read from standard input, where no other process sees it", async () => {
    await json(["device", "create", "--name", "Own key", "--id", "azure-2"]);
    const key = randomBytes(32).toString("base64");

    const made = await cliProcess(["device", "sas-key", "azure-2", "--key", "-"], `${key}\n`);
    expect(made).toMatchObject({ status: 0, stdout: `${key}\n` });
    const next = randomBytes(32).toString("base64");
    const rotate = ["device", "rotate-sas-key", "azure-2", "--key", "-"];
    expect(await cli(rotate, undefined, ` ${next} `)).toMatchObject({ stdout: `${next}\n` });
    expect(await cli(rotate, undefined, "\n")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Standard input is empty"),
    });
    const long = await cliProcess(rotate, "a".repeat(5_000));
    expect(long).toMatchObject({ status: 2, stdout: "" });
  });

  it("limits are listed, set within their bounds, and reset", async () => {
    expect(await json(["limit", "set", "connection.maxPacketBytes", "2048"])).toEqual({
      scope: "connection",
      name: "maxPacketBytes",
      value: 2048,
    });
    expect(await json(["limit", "set", "connection.maxPacketBytes", "1"], 1)).toMatchObject({
      error: { code: "invalid" },
    });
    expect((await cli(["limit", "list"])).stdout).toMatch(
      /connection\.maxPacketBytes +2048 +262144/,
    );
    expect(await json(["limit", "reset", "connection.maxPacketBytes"])).toMatchObject({
      value: 262_144,
    });
  });

  it("nobody was refused yet", async () => {
    expect(await json(["refused", "list"])).toEqual({ refusals: [], next: null });
  });
});

it("the audit chain holds after all this, and says who did it", async () => {
  expect(await json(["audit", "verify"])).toMatchObject({ ok: true, broken: null });
});

describe("what came from devices", () => {
  it("a device that sent nothing has no values, no dead letters and a ledger of zeros", async () => {
    await json(["device", "create", "--name", "Silent", "--id", "silent-1"]);

    expect(await json(["telemetry", "silent-1", "--metric", "flow"])).toEqual({
      series: [{ metric: "flow", unit: null, points: [], envelope: [] }],
    });
    expect(
      await json(["telemetry", "query", "--metric", "flow", "--devices", "silent-1"]),
    ).toMatchObject({
      series: [{ device: { deviceId: "silent-1" }, metric: "flow", points: [] }],
      devices: { matching: 1, shown: 1 },
    });
    const latest = await json(["telemetry", "latest", "--devices", "silent-1"]);
    expect(latest).toMatchObject({ devices: [{ values: {} }] });
    const unknown = ["telemetry", "query", "--metric", "flow", "--across", "planet"];
    expect(await json(unknown, 2)).toMatchObject({ error: { code: "usage" } });
    expect(await json(["dead-letter", "list", "--device", "silent-1"])).toEqual({
      letters: [],
      next: null,
    });
    expect(await json(["dead-letter", "groups"])).toEqual({ groups: [], next: null });
    const file = path.join(dataDir, "letters.ndjson");
    expect(await json(["dead-letter", "export", "--file", file])).toEqual({ file, letters: 0 });
    expect(await json(["dead-letter", "export", "--file", file], 1)).toMatchObject({
      error: { code: "conflict" },
    });
    expect(await json(["ledger"])).toMatchObject({ received: 0, unaccounted: 0 });
  });

  it("dead letters that are not there cannot be replayed or discarded", async () => {
    const group = "0".repeat(32);
    for (const words of [["dry-run"], ["replay"], ["discard", "--reason", "test rig"]]) {
      const [verb = "", ...options] = words;
      expect(await json(["dead-letter", verb, group, ...options], 1)).toMatchObject({
        error: { code: "not_found" },
      });
    }
  });

  it("a range that ends before it begins is refused", async () => {
    expect(
      await json(["ledger", "--from", "2026-11-23T12:00:00Z", "--to", "2026-11-23T11:00:00Z"], 1),
    ).toMatchObject({ error: { code: "invalid" } });
  });
});

it("doctor names what is bad and what to do about it", async () => {
  const report = await json(["doctor"], 1);

  const checks = report["checks"] as { name: string; ok: boolean; remedy: string | null }[];
  const of = (name: string) => checks.find((check) => check.name === name);
  expect(of("database")).toMatchObject({ ok: true });
  expect(of("partitions")).toMatchObject({ ok: true });
  expect(of("signer")).toMatchObject({ ok: true });
  expect(of("worker")).toMatchObject({ ok: false, remedy: expect.stringContaining("npm start") });
  expect(checks.every(({ ok, remedy }) => ok === (remedy === null))).toBe(true);
});

describe("what goes wrong", () => {
  it.each([
    [["no-such-command"], 2, "usage"],
    [["device", "create"], 2, "usage"],
    [["device", "create", "--nam", "x"], 2, "usage"],
    [["token", "create", "--role", "king"], 2, "usage"],
    [["device", "show", "nobody"], 1, "not_found"],
    [["device", "list", "--organisation", "nobody"], 1, "not_found"],
    [["certificate", "issue", "--device", "pump-17", "--csr", "/nowhere"], 1, "invalid"],
    [["device", "create", "--name", "x", "--id", "a/b"], 1, "invalid"],
  ])("%j ends with status %d and code %s", async (parameters, status, code) => {
    expect(await json(parameters, status)).toMatchObject({ error: { code } });
  });

  it("a database that does not answer is named, with no stack", async () => {
    const ended = await cli(["device", "list", "--json"], "postgresql://x:y@127.0.0.1:1/none");

    expect(ended.status).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: "unavailable" } });
  });

  it("without --json the reason goes to standard error and standard output stays empty", async () => {
    const ended = await cliProcess(["device", "show", "nobody"]);

    expect(ended).toMatchObject({ status: 1, stdout: "" });
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});
