import type { CDPSession, Page } from "@playwright/test";
import { startBenchConsole, type BenchConsole } from "#bench/console.ts";
import { fillFleet } from "#bench/fleet-store.ts";
import type { Measurement, Prepared, Scenario } from "#bench/harness.ts";
import type { TelemetryAnswer } from "#server/domain/telemetry-query.ts";

const lines = 10;
const points = 1_000;
/** As slow as a phone of some years ago. */
const throttle = 4;
const gestureMs = 3_000;
const to = Date.UTC(2026, 10, 20, 12);
const from = to - 6 * 3_600_000;

type Device = { readonly id: string; readonly deviceId: string; readonly name: string };

/** What the store would answer: so many lines with their envelope, a point for each pixel. */
function answerFor(devices: readonly Device[]): TelemetryAnswer {
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

async function measure(at: BenchConsole, devices: readonly Device[]): Promise<Measurement> {
  const context = await at.signedIn();
  const page = await context.newPage();
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.route("**/api/console/telemetry/query**", (route) =>
    route.fulfill({ json: answerFor(devices) }),
  );
  const named = devices.map(({ deviceId }) => deviceId).join(",");
  await page.goto(`/explore?d=${named}&m=flow&r=${from}~${to}`);
  const surface = page.locator("[data-surface]");
  await surface.waitFor();
  const box = await surface.boundingBox();
  if (box === null) throw new Error("The chart has no place.");
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  const y = box.y + box.height / 2;
  const xAt = (step: number) => box.x + box.width * (0.5 + 0.45 * Math.sin(step / 25));
  const hover = await framesDuring(page, session, (step) => page.mouse.move(xAt(step), y));
  await page.keyboard.down("Control");
  await page.mouse.move(box.x + box.width / 2, y);
  const zoom = await framesDuring(page, session, (step) =>
    page.mouse.wheel(0, Math.floor(step / 20) % 2 === 0 ? -40 : 40),
  );
  await page.keyboard.up("Control");
  await page.keyboard.down("Shift");
  await page.mouse.down();
  const pan = await framesDuring(page, session, (step) => page.mouse.move(xAt(step), y));
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await context.close();
  const more = Object.fromEntries(
    Object.entries({ hover, zoom, pan }).flatMap(([name, frames]) =>
      Object.entries(frames).map(([what, value]) => [`${name} ${what}`, value]),
    ),
  );
  return { value: Math.min(hover.perSecond, zoom.perSecond, pan.perSecond), more };
}

async function prepare(): Promise<Prepared> {
  const at = await startBenchConsole();
  await fillFleet(at.owner, at.tenantId, lines);
  const { rows } = await at.owner.query<Device>(
    `SELECT id, device_id AS "deviceId", name FROM device WHERE tenant_id = $1
     ORDER BY key LIMIT $2`,
    [at.tenantId, lines],
  );
  return { arms: [{ name: "quayside", measure: () => measure(at, rows) }], stop: () => at.stop() };
}

/** Frames a second while a chart of ten lines is pointed at, zoomed and dragged; the worst of the three. */
export const chartFrames: Scenario = {
  id: "F1",
  name: "chart of 10 lines × 1 000 points, 4 × throttled",
  unit: "frames/s",
  rounds: 3,
  prepare,
};
