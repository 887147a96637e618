import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "#e2e/chromium.ts";

/** What a page has painted since it was asked last. */
export type Painted = {
  /** Publish to painted in the device's own chart, milliseconds, of each message that was told. */
  readonly messages: readonly number[];
  /** Publish to heard by the page, milliseconds, of the same messages. */
  readonly heard: readonly number[];
  /** Messages that came to the page, whose chart is in sight, and did not change. */
  readonly unpainted: number;
  /** From what the worker tells uncoalesced to the frame after it came, milliseconds. */
  readonly events: readonly number[];
};

/** A page in a real browser that notes when what it was told is painted. */
export type LivePage = {
  /** @throws Error when the page does not answer */
  take(): Promise<Painted>;
  /** How many of the charts are in sight, at a height of the window. */
  showHeight(pixels: number): Promise<number>;
  stop(): Promise<void>;
};

const width = 1440;
const openMs = 60_000;
const answerMs = 20_000;

/** What the page is told, as far as it is measured. */
type Frame =
  | {
      readonly kind: "messages";
      readonly messages: readonly { readonly deviceKey: string; readonly ts: number }[];
    }
  | { readonly kind: "status"; readonly at: number }
  | { readonly kind: "fleet"; readonly fleet: { readonly at: number } };

/** Runs in the page before anything else: hands what comes on its live stream to `hearFrame`. */
function tapStream(): void {
  const note = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    const { hearFrame } = globalThis as unknown as { hearFrame: (frame: Frame) => void };
    const reader = body.pipeThrough(new TextDecoderStream() as never).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + String(value)).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        if (event.startsWith("data: ")) hearFrame(JSON.parse(event.slice(6)) as Frame);
      }
    }
  };
  const fetchOfBrowser = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    const response = await fetchOfBrowser(...asked);
    if (!response.url.endsWith("/api/console/live") || response.body === null) return response;
    const [ours, theirs] = response.body.tee();
    note(ours).catch(() => undefined);
    return new Response(theirs, { status: response.status, headers: response.headers });
  };
}

/**
 * Runs in the page before anything else. A message counts as painted when a path of its device's
 * chart has changed after it came, and the frame after that was drawn: that is up to one frame too
 * late, never too soon. What is not in sight has no pixels and is not counted. Publisher, worker and
 * browser read the same clock.
 * @param chartOf the chart's name by device key
 */
function notePaints(chartOf: Readonly<Record<string, string>>): void {
  const told = new Map<string, number[]>();
  const nothing = () => ({
    messages: [] as number[],
    heard: [] as number[],
    events: [] as number[],
  });
  let painted = nothing();
  const isSeen = (chart: string): boolean => {
    const place = document.querySelector(`[data-chart="${chart}"]`)?.getBoundingClientRect();
    return place !== undefined && place.bottom > 0 && place.top < innerHeight;
  };

  const takePainted = () => {
    const unpainted = [...told.values()].reduce((sum, { length }) => sum + length, 0);
    told.clear();
    const taken = { ...painted, unpainted };
    painted = nothing();
    return taken;
  };
  const afterPaint = (work: () => void): void => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.addEventListener("message", work);
      channel.port1.start();
      channel.port2.postMessage(0);
    });
  };
  const hearFrame = (frame: Frame): void => {
    if (frame.kind === "messages") {
      for (const { deviceKey, ts } of frame.messages) {
        const chart = chartOf[deviceKey] ?? "";
        if (!isSeen(chart)) continue;
        painted.heard.push(Date.now() - ts);
        told.set(chart, [...(told.get(chart) ?? []), ts]);
      }
    }
    if (frame.kind !== "status" && frame.kind !== "fleet") return;
    const at = frame.kind === "fleet" ? frame.fleet.at : frame.at;
    afterPaint(() => painted.events.push(Date.now() - at));
  };
  Object.assign(globalThis, { takePainted, hearFrame });

  const isDrawn = ({ type, addedNodes }: MutationRecord): boolean =>
    type === "attributes" || [...addedNodes].some(({ nodeName }) => nodeName === "path");
  const chartAt = ({ target }: MutationRecord): string => {
    const chart = target instanceof Element ? target.closest("[data-chart]") : null;
    return chart?.getAttribute("data-chart") ?? "";
  };
  new MutationObserver((records) => {
    const charts = new Set(records.filter(isDrawn).map(chartAt));
    const shown = [...charts].flatMap((chart) => told.get(chart) ?? []);
    for (const chart of charts) told.delete(chart);
    if (shown.length === 0) return;
    afterPaint(() => {
      const now = Date.now();
      for (const ts of shown) painted.messages.push(now - ts);
    });
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["d"] });
}

/**
 * Opens a page of the console, signed in, and waits until it is live and its charts are drawn.
 * @throws Error when it is not in a minute
 */
export async function openLivePage(at: {
  readonly url: string;
  readonly path: string;
  readonly cookie: { readonly name: string; readonly value: string };
  /** Names of the charts that the page must have, by device key. */
  readonly charts: Readonly<Record<string, string>>;
}): Promise<LivePage> {
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: [...chromiumFlags],
  });
  try {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    context.setDefaultTimeout(openMs);
    await context.addCookies([{ ...at.cookie, url: at.url }]);
    await context.addInitScript(tapStream);
    await context.addInitScript(notePaints, at.charts);
    const page = await context.newPage();
    await page.goto(at.url + at.path);
    await page.locator('[data-live="live"]').waitFor();
    const drawn = page.locator("[data-chart]:has(path[d])");
    await drawn.nth(Object.keys(at.charts).length - 1).waitFor({ state: "attached" });
    return {
      take: async () => {
        const taken = page.evaluate(() =>
          (globalThis as unknown as { takePainted: () => Painted }).takePainted(),
        );
        // A page that never comes to rest would never answer.
        const late = sleep(answerMs, undefined, { ref: false }).then(() => {
          throw new Error(`The page did not answer for ${answerMs / 1000} s: it is overloaded.`);
        });
        return Promise.race([taken, late]);
      },
      showHeight: async (height) => {
        await page.setViewportSize({ width, height });
        return page.locator("[data-chart]").evaluateAll((charts) => {
          const places = charts.map((chart) => chart.getBoundingClientRect());
          return places.filter(({ top, bottom }) => bottom > 0 && top < innerHeight).length;
        });
      },
      stop: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
