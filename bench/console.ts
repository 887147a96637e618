import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser, type BrowserContext } from "@playwright/test";
import pg from "pg";
import { chromiumFlags, chromiumPath } from "#e2e/chromium.ts";
import { freePort } from "#server/db/embedded.ts";
import { startTestCluster, type TestCluster } from "#server/testing/cluster.ts";

const root = path.resolve(import.meta.dirname, "..");
const person = { email: "bench@quayside.example", password: "plover quartz ninety lantern" };
const ports = [
  "PORT",
  "MQTT_PORT",
  "MQTTS_PORT",
  "MQTT_WS_PORT",
  "MQTT_WSS_PORT",
  "DEVICE_HTTPS_PORT",
  "PKI_PORT",
  "METRICS_PORT",
] as const;

/** The whole product as `npm start` runs it, and a browser in which an administrator is signed in. */
export type BenchConsole = {
  readonly url: string;
  readonly mqttPort: number;
  readonly tenantId: string;
  readonly owner: pg.Client;
  readonly browser: Browser;
  /** A new, empty browser profile with the administrator's session. */
  signedIn(): Promise<BrowserContext>;
  stop(): Promise<void>;
};

/** Starts the console that was built last on a database of its own, kept durable as in production. */
export async function startBenchConsole(): Promise<BenchConsole> {
  const cluster = await startTestCluster({ durable: true, settings: ["shared_buffers=512MB"] });
  const dataDir = mkdtempSync(path.join(tmpdir(), "quayside-bench-"));
  chmodSync(dataDir, 0o755);
  const env: Record<string, string> = {
    DATA_DIR: dataDir,
    LOG_LEVEL: "warn",
    ADMIN_EMAIL: person.email,
    ADMIN_PASSWORD: person.password,
  };
  for (const name of ports) env[name] = String(await freePort());
  await cluster.query("CREATE DATABASE quayside");
  const ownerUrl = cluster.urlOf("quayside");
  const url = `http://127.0.0.1:${env["PORT"]}`;
  const stopProduct = await startProduct({ ...env, DATABASE_URL: ownerUrl });
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: [...chromiumFlags],
  });
  const state = await signIn(browser, url);
  return {
    url,
    mqttPort: Number(env["MQTT_PORT"]),
    tenantId: await operatorTenant(owner),
    owner,
    browser,
    signedIn: () => browser.newContext({ storageState: state, baseURL: url }),
    stop: async () => {
      await browser.close();
      await owner.end();
      await stopProduct();
      await stopCluster(cluster, dataDir);
    },
  };
}

async function stopCluster(cluster: TestCluster, dataDir: string): Promise<void> {
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** @returns stops it */
async function startProduct(env: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ["server/main/start.ts"], {
    cwd: root,
    env: { ...process.env, ...env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const killWithParent = () => child.kill("SIGKILL");
  process.once("exit", killWithParent);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      if (line.startsWith("Quayside is ready")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`The product ended (${code}).`)));
  });
  return async () => {
    process.off("exit", killWithParent);
    child.kill("SIGTERM");
    await gone;
  };
}

async function operatorTenant(owner: pg.Client): Promise<string> {
  const found = await owner.query<{ id: string }>("SELECT id FROM tenant WHERE operator");
  return found.rows[0]?.id ?? "";
}

async function signIn(
  browser: Browser,
  url: string,
): Promise<Awaited<ReturnType<BrowserContext["storageState"]>>> {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await page.goto("/sign-in");
  // What is typed before the page is alive may be lost: the button is pressed until it leads on.
  while (new URL(page.url()).pathname !== "/") {
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByRole("textbox", { name: "Password" }).fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${url}/`, { timeout: 5_000 }).catch(() => undefined);
  }
  const state = await context.storageState();
  await context.close();
  return state;
}
