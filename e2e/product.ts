import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "#server/db/embedded.ts";

const root = path.resolve(import.meta.dirname, "..");
const stateFolder = path.join(root, ".build/e2e-state");
const productFile = path.join(stateFolder, "product.json");

/** Cookies of the first administrator, kept by the set-up journey. */
export const adminState = path.join(stateFolder, "admin.json");

/** The administrator whom the set-up journey creates. */
export const admin = {
  organisation: "Harbour Works",
  name: "Ada Admin",
  email: "ada@harbour.example",
  password: "plover quartz ninety lantern",
};

/** The running product, as its journeys need to know it. */
export type Product = {
  readonly url: string;
  readonly setupLink: string;
  readonly mqttPort: number;
  readonly mqttsPort: number;
  readonly deviceHttpsPort: number;
  /** Plain HTTP: revocation lists, CA certificates, OCSP. */
  readonly pkiPort: number;
  readonly metricsPort: number;
  /** On which webhooks of alerts may reach this machine, without TLS. */
  readonly webhookPort: number;
  readonly dataDir: string;
  /** Environment under which the command line finds it. */
  readonly env: Readonly<Record<string, string>>;
};

/** What global setup started; for the journeys. */
export function readProduct(): Product {
  return JSON.parse(readFileSync(productFile, "utf8")) as Product;
}

async function environment(dataDir: string): Promise<Record<string, string>> {
  const names = [
    "PORT",
    "MQTT_PORT",
    "MQTTS_PORT",
    "MQTT_WS_PORT",
    "MQTT_WSS_PORT",
    "DEVICE_HTTPS_PORT",
    "PKI_PORT",
  ] as const;
  const env: Record<string, string> = { DATA_DIR: dataDir, LOG_LEVEL: "info" };
  for (const name of [...names, "METRICS_PORT"]) env[name] = String(await freePort());
  env["WEBHOOK_ALLOW"] = `localhost:${await freePort()}`;
  // Of the machine, not of the product under test.
  for (const name of [
    "DATABASE_URL",
    "PUBLIC_URL",
    "PKI_URL",
    "SMTP_URL",
    "SMTP_FROM",
    "ADMIN_EMAIL",
    "ADMIN_PASSWORD",
    "HOST",
  ]) {
    env[name] = "";
  }
  return env;
}

/** Resolves with the set-up link once the product says that it is ready. */
async function untilReady(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The product's output is not read.");
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`The product ${why}. It said:\n${said.slice(-20).join("\n")}`));
    const timer = setTimeout(() => fail("was not ready after 5 minutes"), 300_000);
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended (${code})`);
    });
    lines.on("line", (line) => {
      said.push(line);
      const link = /https?:\/\/\S+\/setup#\S+/.exec(line)?.[0];
      if (link === undefined) return;
      clearTimeout(timer);
      resolve(link);
    });
  });
}

/**
 * Starts the product as `npm start` does after it built, in a new folder and on free ports.
 * @returns a function that stops it and deletes the folder
 */
export async function startProduct(): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "quayside-e2e-"));
  // As root the database runs as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const env = await environment(dataDir);
  // Installing and building is the test command's part; here the console is the last build.
  const child = spawn(process.execPath, ["server/main/start.ts"], {
    cwd: root,
    env: { ...process.env, ...env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    if (process.env["E2E_KEEP_DATA"] === undefined) {
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
  try {
    const setupLink = await untilReady(child);
    const product: Product = {
      url: new URL(setupLink).origin,
      setupLink,
      mqttPort: Number(env["MQTT_PORT"]),
      mqttsPort: Number(env["MQTTS_PORT"]),
      deviceHttpsPort: Number(env["DEVICE_HTTPS_PORT"]),
      pkiPort: Number(env["PKI_PORT"]),
      metricsPort: Number(env["METRICS_PORT"]),
      webhookPort: Number(env["WEBHOOK_ALLOW"]?.split(":")[1]),
      dataDir,
      env,
    };
    mkdirSync(stateFolder, { recursive: true });
    writeFileSync(productFile, JSON.stringify(product), { mode: 0o600 });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
