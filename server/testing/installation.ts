import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { openDatabase } from "#server/db/client.ts";
import { freePort } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { startTestCluster, type TestCluster } from "#server/testing/cluster.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** A device with a token for the plain listener. */
export type TestDevice = { readonly id: string; readonly token: string };

/** A worker in a process of its own. */
export type WorkerProcess = {
  readonly pid: number;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly pkiPort: number;
  readonly metricsPort: number;
  /** SIGKILL: what a crash looks like to the rest. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when the process has ended, however. */
  readonly exited: Promise<void>;
  /** Sends a signal and does not wait: SIGSTOP, SIGCONT. */
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, as the supervisor does. */
  stop(): Promise<void>;
};

/** Database, signer and organisation, without the console and with no worker yet. */
export type Installation = {
  readonly cluster: TestCluster;
  readonly tenantId: string;
  readonly profileId: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly ingestUrl: string;
  readonly dataDir: string;
  /** Creates devices with tokens, on the profile given or the open one. */
  createDevices(count: number, prefix: string, profileId?: string): Promise<readonly TestDevice[]>;
  /** SIGKILL of the signer and, after a while, another one. Resolves when that is ready. */
  replaceSigner(afterMs?: number): Promise<void>;
  /** Starts a worker and resolves once its listener accepts connections. */
  startWorker(env?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  stop(): Promise<void>;
};

function startProcess(
  file: string,
  env: Readonly<Record<string, string>>,
  log: string,
): ChildProcess {
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [path.join(root, file)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", output, output, "ipc"],
  });
  const killWithParent = () => child.kill("SIGKILL");
  process.once("exit", killWithParent);
  child.once("exit", () => process.off("exit", killWithParent));
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

/** Resolves when the process says that it is ready; its last words are in the error otherwise. */
async function untilReady(child: ChildProcess, log: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Not ready after 30 s: ${log}`)), 30_000);
    child.on("message", (message) => {
      if ((message as { ready?: boolean }).ready !== true) return;
      clearTimeout(timer);
      resolve();
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(
        new Error(`The process ended (${code}): ${readFileSync(log, "utf8").slice(-2000).trim()}`),
      );
    });
  });
}

async function insertDevices(
  input: { readonly ownerUrl: string; readonly tenantId: string; readonly profileId: string },
  devices: readonly TestDevice[],
): Promise<void> {
  const client = new pg.Client({ connectionString: input.ownerUrl });
  await client.connect();
  try {
    await client.query(
      `WITH made AS (
         INSERT INTO device (tenant_id, device_id, name, profile_id, created_by)
         SELECT $1, id, id, $2, 'system:test' FROM unnest($3::text[]) AS id RETURNING id, device_id)
       INSERT INTO device_credential (tenant_id, device_id, kind, secret_hash, created_by)
       SELECT $1, made.id, 'token', given.hash, 'system:test'
         FROM unnest($3::text[], $4::bytea[]) AS given (id, hash) JOIN made ON made.device_id = given.id`,
      [
        input.tenantId,
        input.profileId,
        devices.map(({ id }) => id),
        devices.map(({ token }) => createHash("sha256").update(token).digest()),
      ],
    );
  } finally {
    await client.end();
  }
}

/** Starts everything but worker and console in a new temporary folder. fsync stays on. */
export async function startInstallation(): Promise<Installation> {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-installation-"));
  chmodSync(folder, 0o700);
  const cluster = await startTestCluster({ durable: true });
  await cluster.query("CREATE DATABASE quayside");
  const ownerUrl = cluster.urlOf("quayside");
  const password = () => randomBytes(16).toString("hex");
  const { appUrl, ingestUrl } = await migrate({
    ownerUrl,
    passwords: { app: password(), ingest: password() },
  });
  const app = openDatabase({ url: appUrl, max: 2 });
  const tenant = await createTenant(app, { slug: "acme", name: "Acme", operator: true });
  await app.close();

  const common = {
    APP_DATABASE_URL: appUrl,
    INGEST_DATABASE_URL: ingestUrl,
    DATABASE_URL: "",
    DATA_DIR: folder,
    LOG_LEVEL: "warn",
    HOST: "127.0.0.1",
    SESSION_SECRET: password(),
  };
  const signerLog = path.join(folder, "signer.log");
  const startSigner = async (): Promise<ChildProcess> => {
    const child = startProcess("server/main/signer.ts", common, signerLog);
    await untilReady(child, signerLog);
    return child;
  };
  let signer = await startSigner();
  const workers = new Set<ChildProcess>();

  return {
    cluster,
    ...tenant,
    ownerUrl,
    appUrl,
    ingestUrl,
    dataDir: folder,
    createDevices: async (count, prefix, profileId = tenant.profileId) => {
      const devices = Array.from({ length: count }, (_, index) => ({
        id: `${prefix}-${index}`,
        token: randomBytes(32).toString("base64url"),
      }));
      await insertDevices({ ownerUrl, tenantId: tenant.tenantId, profileId }, devices);
      return devices;
    },
    replaceSigner: async (afterMs = 0) => {
      await end(signer, "SIGKILL");
      await sleep(afterMs);
      signer = await startSigner();
    },
    startWorker: async (env = {}) => {
      const ports = {
        mqtt: await freePort(),
        mqtts: await freePort(),
        ws: await freePort(),
        wss: await freePort(),
        https: await freePort(),
        pki: await freePort(),
        metrics: await freePort(),
      };
      const log = path.join(folder, "worker.log");
      const child = startProcess(
        "server/main/worker.ts",
        {
          ...common,
          MQTT_PORT: String(ports.mqtt),
          MQTTS_PORT: String(ports.mqtts),
          MQTT_WS_PORT: String(ports.ws),
          MQTT_WSS_PORT: String(ports.wss),
          DEVICE_HTTPS_PORT: String(ports.https),
          PKI_PORT: String(ports.pki),
          METRICS_PORT: String(ports.metrics),
          ...env,
        },
        log,
      );
      workers.add(child);
      child.once("exit", () => workers.delete(child));
      await untilReady(child, log);
      return {
        pid: child.pid ?? 0,
        mqttPort: Number(env["MQTT_PORT"] ?? ports.mqtt),
        httpsPort: Number(env["DEVICE_HTTPS_PORT"] ?? ports.https),
        pkiPort: Number(env["PKI_PORT"] ?? ports.pki),
        metricsPort: Number(env["METRICS_PORT"] ?? ports.metrics),
        kill: () => end(child, "SIGKILL"),
        exited: new Promise((resolve) => child.once("exit", () => resolve())),
        signal: (name) => void child.kill(name),
        stop: () => end(child, "SIGTERM"),
      };
    },
    stop: async () => {
      await Promise.all([...workers].map((worker) => end(worker, "SIGTERM")));
      await end(signer, "SIGTERM");
      await cluster.stop();
      await sleep(10);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
