import type { LiveWish } from "#components/layout/live-wish.ts";
import type { LiveLine } from "#server/domain/live.ts";

/** What happens on one connection. Nothing of it happens after it was left. */
export type ConnectionEvents = {
  /** @param text the line as it was written, to know it again */
  readonly onLine: (line: LiveLine, text: string) => void;
  /** Something came, if only a sign of life. */
  readonly onAlive: () => void;
  readonly onEnd: (end: ConnectionEnd) => void;
};

/** lost: come back later. ended: nobody is signed in any more. refused: why, in words. */
export type ConnectionEnd =
  | { readonly kind: "lost" }
  | { readonly kind: "ended" }
  | { readonly kind: "refused"; readonly why: string };

/** Opens a connection that brings what is wished for. @returns a function that leaves it */
export type ConnectLive = (wish: LiveWish, events: ConnectionEvents) => () => void;

/**
 * The console's stream by fetch and not by EventSource: that one hides the status, so that it could
 * not be known whether coming back is of use, and it cannot send hundreds of devices.
 */
export const connectLive: ConnectLive = (wish, events) => {
  const leaving = new AbortController();
  const { signal } = leaving;
  void readStream(wish, events, signal).then(
    (end) => {
      if (!signal.aborted) events.onEnd(end);
    },
    // The network's ways to fail make no difference to what is done about it.
    () => {
      if (!signal.aborted) events.onEnd({ kind: "lost" });
    },
  );
  return () => leaving.abort();
};

async function readStream(
  wish: LiveWish,
  events: ConnectionEvents,
  signal: AbortSignal,
): Promise<ConnectionEnd> {
  const response = await fetch("/api/console/live", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(wish),
    cache: "no-store",
    signal,
  });
  if (response.status === 401) return { kind: "ended" };
  if (response.status >= 400 && response.status < 500) return refusalOf(response);
  if (!response.ok || response.body === null) return { kind: "lost" };

  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const lines = splitEvents();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { kind: "lost" };
    events.onAlive();
    for (const text of lines(value)) {
      // Our own route wrote it; the session that asked for it was checked there.
      events.onLine(JSON.parse(text) as LiveLine, text);
      if (signal.aborted) return { kind: "lost" };
    }
  }
}

async function refusalOf(response: Response): Promise<ConnectionEnd> {
  const problem = (await response.json()) as { readonly detail?: string; readonly remedy?: string };
  const why = [problem.detail, problem.remedy].filter((part) => typeof part === "string");
  return { kind: "refused", why: why.join(" ") };
}

/**
 * Cuts server-sent events out of a text that comes in pieces. Ours are one `data:` line each;
 * comments are signs of life and nothing else.
 */
export function splitEvents(): (piece: string) => readonly string[] {
  let rest = "";
  return (piece) => {
    const events = (rest + piece).split("\n\n");
    rest = events.pop() ?? "";
    return events.flatMap((event) =>
      event.startsWith("data: ") ? [event.slice("data: ".length)] : [],
    );
  };
}
