import { chromium, type Page } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "#e2e/chromium.ts";

/** A page in a real browser that notes when what it was told is painted. */
export type LivePage = {
  readonly page: Page;
  /** Publish to painted, milliseconds, of every message that was told since the last call. */
  take(): Promise<readonly { readonly deviceKey: string; readonly ms: number }[]>;
  stop(): Promise<void>;
};

/**
 * Runs in the page before anything else. A message counts as painted when the document has changed
 * after it came and the frame after that was drawn: that is up to one frame too late, never too soon.
 * Publisher and browser read the same clock.
 */
function notePaints(): void {
  type Told = { readonly deviceKey: string; readonly ts: number };
  const painted: { deviceKey: string; ms: number }[] = [];
  let told: Told[] = [];
  Object.assign(globalThis, { takePainted: () => painted.splice(0) });

  const note = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    const reader = body.pipeThrough(new TextDecoderStream() as never).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + String(value)).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        if (!event.startsWith('data: {"kind":"messages"')) continue;
        const frame = JSON.parse(event.slice(6)) as { readonly messages: readonly Told[] };
        told.push(...frame.messages);
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

  const afterPaint = (work: () => void): void => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.addEventListener("message", work);
      channel.port1.start();
      channel.port2.postMessage(0);
    });
  };
  new MutationObserver(() => {
    if (told.length === 0) return;
    const shown = told;
    told = [];
    afterPaint(() => {
      const now = Date.now();
      for (const { deviceKey, ts } of shown) painted.push({ deviceKey, ms: now - ts });
    });
  }).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
}

/** Opens a page of the console, signed in, and waits until it is live. */
export async function openLivePage(at: {
  readonly url: string;
  readonly path: string;
  readonly cookie: { readonly name: string; readonly value: string };
}): Promise<LivePage> {
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: [...chromiumFlags],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addCookies([{ ...at.cookie, url: at.url }]);
    await context.addInitScript(notePaints);
    const page = await context.newPage();
    await page.goto(at.url + at.path);
    await page.locator('[data-live="live"]').waitFor({ timeout: 30_000 });
    return {
      page,
      take: () =>
        page.evaluate(() =>
          (
            globalThis as unknown as {
              takePainted: () => { deviceKey: string; ms: number }[];
            }
          ).takePainted(),
        ),
      stop: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
