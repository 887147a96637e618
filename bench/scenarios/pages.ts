import type { CDPSession } from "@playwright/test";
import { startBenchConsole, type BenchConsole } from "#bench/console.ts";
import { fillFleet } from "#bench/fleet-store.ts";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";

const usualDevices = 100_000;
/** As slow as a phone of some years ago. */
const throttle = 4;

const pages = [
  "/sign-in",
  "/",
  "/devices",
  "/devices?presence=silent",
  "/fleet/map",
  "/fleet/groups",
  "/fleet/availability",
  "/explore",
  "/dashboards",
  "/work",
  "/alerts",
  "/certificates",
  "/messages",
  "/dead-letters",
  "/onboard",
  "/profiles",
  "/audit",
  "/settings/storage",
] as const;

type Seen = { readonly contentMs: number; readonly scriptKb: number };

/** Counts the bytes of scripts as they come over the wire, compressed. */
async function countScripts(session: CDPSession): Promise<() => number> {
  const scripts = new Set<string>();
  let bytes = 0;
  session.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  return () => bytes / 1_000;
}

/** One page in an empty browser profile on a throttled processor. */
async function see(at: BenchConsole, path: string): Promise<Seen> {
  const context = path === "/sign-in" ? await at.browser.newContext() : await at.signedIn();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const scriptKb = await countScripts(session);
  await session.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  await page.goto(`${at.url}${path}`, { waitUntil: "load" });
  const first = scriptKb();
  // The largest content that was painted, which browsers report a while after it.
  await page.waitForTimeout(1_500);
  const contentMs = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) =>
          resolve(list.getEntries().at(-1)?.startTime ?? 0),
        ).observe({ type: "largest-contentful-paint", buffered: true });
      }),
  );
  await context.close();
  return { contentMs, scriptKb: first };
}

async function measure(at: BenchConsole): Promise<Measurement> {
  const more: Record<string, number> = {};
  let slowest = 0;
  for (const path of pages) {
    const { contentMs, scriptKb } = await see(at, path);
    more[`${path} ms`] = Math.round(contentMs);
    more[`${path} kB`] = Math.round(scriptKb);
    slowest = Math.max(slowest, contentMs);
  }
  return { value: Math.round(slowest), more };
}

async function prepare(say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const at = await startBenchConsole();
  const devices = settings.devices ?? usualDevices;
  say(`${devices} devices are made`);
  await fillFleet(at.owner, at.tenantId, devices);
  await at.owner.query("VACUUM (ANALYZE)");
  // The first answer of every page is the server's warming up.
  for (const path of pages) await see(at, path);
  return { arms: [{ name: "quayside", measure: () => measure(at) }], stop: () => at.stop() };
}

/** P14: the slowest page's largest content on a throttled processor; and what scripts weigh. */
export const pagesScenario: Scenario = {
  id: "P14",
  name: "slowest page's content, 4 × throttled, 100 000 devices",
  unit: "ms",
  rounds: 3,
  prepare,
};
