import path from "node:path";
import { defineConfig } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "#e2e/chromium.ts";
import { adminState } from "#e2e/product.ts";

/** Every page with axe: what takes longest, and minds nobody. */
const pages = /\/accessibility\.spec\.ts/;

/** Journeys that mind nobody else's devices and counts: they go beside the others. */
const beside =
  /\/(batch-api|campaign|dashboards|est|explore|fleet|headers|jit|map|presence|profiles|rotation|revocation|revocation-lists|telemetry|transfer|tls|work)\.spec\.ts/;

const root = path.resolve(import.meta.dirname, "..");
const results = path.join(root, ".build");

/** The real product, started once on ports of its own, and a real browser. */
export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: path.join(results, "e2e"),
  globalSetup: path.join(import.meta.dirname, "global-setup.ts"),
  // One installation, two cores: journeys run one after the other, some of them beside the others.
  // A journey waits more than it works, so three go at once.
  workers: 3,
  fullyParallel: false,
  forbidOnly: process.env["CI"] !== undefined,
  // A journey on a busy machine may need a second try; the list then calls it flaky.
  retries: process.env["CI"] === undefined ? 0 : 1,
  // Generous: three journeys share two cores, and one that is tried again finds its first try's devices.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: path.join(results, "results/e2e.json") }]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    // What fails in CI is tried again, and only then recorded: a trace of everything costs time.
    trace: process.env["CI"] === undefined ? "retain-on-failure" : "on-first-retry",
    launchOptions: { executablePath: await chromiumPath(), args: [...chromiumFlags] },
  },
  projects: [
    { name: "set-up", testMatch: /set-up\.spec\.ts/ },
    {
      name: "journeys",
      testMatch: /\.spec\.ts/,
      testIgnore: [/set-up\.spec\.ts/, beside, pages],
      dependencies: ["set-up"],
      workers: 1,
      use: { storageState: adminState },
    },
    ...[
      { name: "beside", testMatch: beside },
      { name: "pages", testMatch: pages },
    ].map((project) => ({
      ...project,
      dependencies: ["set-up"],
      workers: 1,
      use: { storageState: adminState },
    })),
  ],
});
