import { execFile } from "node:child_process";
import path from "node:path";
import { expect, test as base, type Page } from "@playwright/test";
import mqtt, { type MqttClient } from "mqtt";
import { readProduct, type Product } from "#e2e/product.ts";

/** A device as `device create --json` gives it. */
export type CreatedDevice = {
  readonly deviceId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly caPem: string;
  readonly sha256: string;
};

/** The command line's answer. */
export type CliAnswer = {
  readonly status: number;
  readonly document: Record<string, unknown>;
};

export type Fixtures = {
  readonly product: Product;
  /** Runs the command line with --json. */
  readonly cli: (...parameters: string[]) => Promise<CliAnswer>;
  /** Creates a device with a key and a certificate. */
  readonly createDevice: (name: string, ...more: string[]) => Promise<CreatedDevice>;
  /** Connects a device over mTLS (MQTT 5) and ends the connection after the test. */
  readonly connectDevice: (device: CreatedDevice) => Promise<MqttClient>;
  /** Calls the REST API with a token of the role. */
  readonly api: (role?: string) => Promise<(path: string, init?: RequestInit) => Promise<Response>>;
  /** Watches a page for console errors and policy violations; they fail the test at its end. */
  readonly watch: (page: Page) => void;
};

/** Answers that a page may get and handle; Chromium reports each of them on the console. */
const expectedConsole = /the server responded with a status of (401|403|404|409|422|429)/;

async function runCli(product: Product, parameters: readonly string[]): Promise<CliAnswer> {
  const file = path.resolve(import.meta.dirname, "../server/cli/main.ts");
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [file, ...parameters, "--json"],
      { env: { ...process.env, ...product.env } },
      (error, stdout, stderr) => {
        try {
          const document = JSON.parse(stdout) as Record<string, unknown>;
          resolve({ status: error === null ? 0 : Number(error.code), document });
        } catch {
          reject(new Error(`The command line printed no JSON: ${stdout}${stderr}`));
        }
      },
    );
  });
}

/**
 * Has a page's navigations end when what was streamed is in its place. Until then the browser keeps
 * it hidden at the end of the document, up to 300 ms after the last part was shown, and the client
 * may have drawn the same already: a text would be found twice.
 */
function awaitStreamedParts(page: Page): void {
  const settled = async (): Promise<void> => {
    await page.waitForFunction(() => document.querySelector("div[hidden][id^='S:']") === null);
  };
  const goto = page.goto.bind(page);
  page.goto = async (...parameters) => {
    const response = await goto(...parameters);
    await settled();
    return response;
  };
  const reload = page.reload.bind(page);
  page.reload = async (...parameters) => {
    const response = await reload(...parameters);
    await settled();
    return response;
  };
}

function watchPage(page: Page, problems: string[]): void {
  awaitStreamedParts(page);
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !expectedConsole.test(text)) {
      problems.push(`console: ${text}`);
    }
  });
}

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the parameter's pattern
  product: async ({}, use) => use(readProduct()),
  baseURL: async ({ product }, use) => use(product.url),

  watch: [
    async ({ page }, use) => {
      const problems: string[] = [];
      watchPage(page, problems);
      await use((other) => watchPage(other, problems));
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],

  cli: async ({ product }, use) => use((...parameters) => runCli(product, parameters)),

  createDevice: async ({ cli }, use) =>
    use(async (name, ...more) => {
      const { document } = await cli("device", "create", "--name", name, ...more);
      expect(document).toHaveProperty("certificatePem");
      return document as unknown as CreatedDevice;
    }),

  connectDevice: async ({ product }, use) => {
    const clients: MqttClient[] = [];
    await use(async (device) => {
      const client = await mqtt.connectAsync(`mqtts://localhost:${product.mqttsPort}`, {
        protocolVersion: 5,
        clientId: device.deviceId,
        cert: device.certificatePem,
        key: device.privateKeyPem,
        ca: device.caPem,
        reconnectPeriod: 0,
      });
      clients.push(client);
      return client;
    });
    await Promise.all(clients.map((client) => client.endAsync(true)));
  },

  api: async ({ cli, product }, use) =>
    use(async (role = "admin") => {
      const { document } = await cli("token", "create", "--role", role, "--name", `e2e ${role}`);
      const token = String(document["token"]);
      return (resource, init = {}) =>
        fetch(`${product.url}/api/v1${resource}`, {
          ...init,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        });
    }),
});

export { expect };
