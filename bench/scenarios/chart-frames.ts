import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext, CDPSession, Page } from "@playwright/test";
import { startBenchConsole, type BenchConsole } from "#bench/console.ts";
import { fillFleet } from "#bench/fleet-store.ts";
import type { Measurement, Prepared, Scenario } from "#bench/harness.ts";
import type { TelemetryAnswer } from "#server/domain/telemetry-query.ts";

const lines = 10;
const points = 1_000;
/** As slow as a phone of some years ago. */
const throttle = 4;
const gestureMs = 3_000;
const past = { from: Date.UTC(2026, 10, 20, 6), to: Date.UTC(2026, 10, 20, 12) };
const settleMs = 1_500;
const liveMs = 300_000;
/** As often as the server tells a viewer of values. */
const frameMs = 100;

type Device = {
  readonly id: string;
  readonly key: string;
  readonly deviceId: string;
  readonly name: string;
};

/** What the store would answer: so many lines with their envelope, a point for each pixel. */
function answerFor(
  devices: readonly Device[],
  { from, to }: { readonly from: number; readonly to: number },
): TelemetryAnswer {
  const step = (to - from) / points;
  return {
    from,
    to,
    level: "minute",
    bucketMs: step,
    series: devices.map((device, line) => ({
      device,
      group: null,
      metric: "flow",
      unit: null,
      type: "number",
      gapMs: 10 * step,
      points: Array.from({ length: points }, (_, index) => {
        const value = line * 10 + 5 * Math.sin(index / 40 + line);
        return [from + index * step, value, value - 2, value + 2, 60] as const;
      }),
    })),
    devices: { matching: devices.length, shown: devices.length },
    settling: false,
    tookMs: 1,
  };
}

/** Frames that were drawn while a hand moved, and the processor's time for each. */
type Frames = { readonly perSecond: number; readonly p95Ms: number; readonly workMs: number };

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
}

/** Draws nothing itself: counts the times at which the browser asks for a frame. */
async function framesDuring(
  page: Page,
  session: CDPSession,
  gesture: (step: number) => Promise<void>,
): Promise<Frames> {
  await page.evaluate(() => {
    const times: number[] = [];
    const tick = (at: number) => {
      times.push(at);
      if (!Object.hasOwn(window, "benchDone")) requestAnimationFrame(tick);
    };
    Object.assign(window, { benchTimes: times });
    Reflect.deleteProperty(window, "benchDone");
    requestAnimationFrame(tick);
  });
  const before = await taskSeconds(session);
  const end = performance.now() + gestureMs;
  for (let step = 0; performance.now() < end; step += 1) await gesture(step);
  const worked = (await taskSeconds(session)) - before;
  const times = await page.evaluate(() => {
    Object.assign(window, { benchDone: true });
    return Reflect.get(window, "benchTimes") as number[];
  });
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const sorted = gaps.toSorted((a, b) => a - b);
  const total = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    perSecond: Math.round((gaps.length / total) * 1_000),
    p95Ms: Math.round((sorted[Math.floor(sorted.length * 0.95)] ?? 0) * 10) / 10,
    workMs: Math.round((worked / gaps.length) * 10_000) / 10,
  };
}

/**
 * Runs in the page before anything else: beside what the server tells, the live connection brings a
 * value of every device every so often.
 */
function feedLive({
  keys,
  everyMs,
}: {
  readonly keys: readonly string[];
  readonly everyMs: number;
}) {
  const lineOf = (now: number): string => {
    const messages = keys.map((deviceKey, line) => ({
      deviceKey,
      ts: now,
      receivedAt: now,
      topic: "",
      outcome: "stored",
      values: { flow: line * 10 + 5 * Math.sin(now / 4_000 + line) },
      text: "",
    }));
    return `data: ${JSON.stringify({ kind: "messages", messages })}\n\n`;
  };
  const fedWith = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
    const encoder = new TextEncoder();
    let timer: ReturnType<typeof setInterval>;
    // Never in the middle of an event of the server's.
    let between = false;
    const feed = new TransformStream<Uint8Array, Uint8Array>({
      start: (stream) => {
        timer = setInterval(() => {
          if (between) stream.enqueue(encoder.encode(lineOf(Date.now())));
        }, everyMs);
      },
      transform: (chunk, stream) => {
        between = chunk.at(-1) === 10 && chunk.at(-2) === 10;
        stream.enqueue(chunk);
      },
      flush: () => clearInterval(timer),
    });
    return body.pipeThrough(feed);
  };
  const fetchOfBrowser = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    const response = await fetchOfBrowser(...asked);
    if (!response.url.endsWith("/api/console/live") || response.body === null) return response;
    return new Response(fedWith(response.body), { status: response.status });
  };
}

/** Opens Explore with the lines, and slows the processor down once they are drawn. */
async function openChart(
  context: BrowserContext,
  devices: readonly Device[],
  range: string,
): Promise<{ readonly page: Page; readonly session: CDPSession }> {
  const page = await context.newPage();
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.route("**/api/console/telemetry/query**", (route) => {
    const to = Date.now();
    const asked = range.includes("~") ? past : { from: to - liveMs, to };
    return route.fulfill({ json: answerFor(devices, asked) });
  });
  const named = devices.map(({ deviceId }) => deviceId).join(",");
  await page.goto(`/explore?d=${named}&m=flow&r=${range}`);
  await page.locator("[data-surface]").waitFor();
  await page.locator("[data-clip] path").nth(lines).waitFor({ state: "attached" });
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  return { page, session };
}

/** Not by Playwright's mouse: with a button down it runs scripts of its own in the page at every move. */
function dragWithShift(
  session: CDPSession,
  at: (step: number) => readonly [x: number, y: number],
): (step: number) => Promise<void> {
  return async (step) => {
    const [x, y] = at(step);
    await session.send("Input.dispatchMouseEvent", {
      type: step === 0 ? "mousePressed" : "mouseMoved",
      x,
      y,
      button: "left",
      buttons: 1,
      modifiers: 8,
      clickCount: step === 0 ? 1 : 0,
    });
  };
}

/** Frames while the pointer goes over the chart, the wheel zooms and the hand drags. */
async function measureHand(context: BrowserContext, devices: readonly Device[]) {
  const { page, session } = await openChart(context, devices, `${past.from}~${past.to}`);
  const box = await page.locator("[data-surface]").boundingBox();
  if (box === null) throw new Error("The chart has no place.");
  const y = box.y + box.height / 2;
  const xAt = (step: number) => box.x + box.width * (0.5 + 0.45 * Math.sin(step / 25));
  const crosshair = await framesDuring(page, session, (step) => page.mouse.move(xAt(step), y));
  await page.keyboard.down("Control");
  await page.mouse.move(box.x + box.width / 2, y);
  const zoom = await framesDuring(page, session, (step) =>
    page.mouse.wheel(0, Math.floor(step / 20) % 2 === 0 ? -40 : 40),
  );
  await page.keyboard.up("Control");
  // The range that was zoomed to is asked for and drawn.
  await sleep(settleMs);
  const pan = await framesDuring(
    page,
    session,
    dragWithShift(session, (step) => [xAt(step), y]),
  );
  await page.close();
  return { crosshair, zoom, pan };
}

/** Frames while values come and nobody touches anything. */
async function measureLive(context: BrowserContext, devices: readonly Device[]): Promise<Frames> {
  await context.addInitScript(feedLive, { keys: devices.map(({ key }) => key), everyMs: frameMs });
  const { page, session } = await openChart(context, devices, "5m");
  await page.locator("[data-clip]").nth(1).locator("path").first().waitFor({ state: "attached" });
  const frames = await framesDuring(page, session, () => sleep(frameMs));
  await page.close();
  return frames;
}

async function measure(at: BenchConsole, devices: readonly Device[]): Promise<Measurement> {
  const context = await at.signedIn();
  const kinds = {
    ...(await measureHand(context, devices)),
    live: await measureLive(context, devices),
  };
  await context.close();
  const more = Object.fromEntries(
    Object.entries(kinds).flatMap(([name, frames]) =>
      Object.entries(frames).map(([what, value]) => [`${name} ${what}`, value]),
    ),
  );
  return { value: Math.min(...Object.values(kinds).map(({ perSecond }) => perSecond)), more };
}

async function prepare(): Promise<Prepared> {
  const at = await startBenchConsole();
  await fillFleet(at.owner, at.tenantId, lines);
  const { rows } = await at.owner.query<Device>(
    `SELECT id, key::text, device_id AS "deviceId", name FROM device WHERE tenant_id = $1
     ORDER BY key LIMIT $2`,
    [at.tenantId, lines],
  );
  return { arms: [{ name: "quayside", measure: () => measure(at, rows) }], stop: () => at.stop() };
}

/** Frames a second while a chart of ten lines is pointed at, zoomed, dragged and fed; the worst of the four. */
export const chartFrames: Scenario = {
  id: "F1",
  name: "chart of 10 lines × 1 000 points, 4 × throttled",
  unit: "frames/s",
  rounds: 3,
  prepare,
};
