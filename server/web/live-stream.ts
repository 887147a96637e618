import "server-only";
import { createLiveRelay, type LiveRelay, type Watching } from "#server/live/relay.ts";
import { eventOf } from "#server/live/server-sent-event.ts";
import { subscribeLive } from "#server/live/subscribe.ts";
import type { LiveLine } from "#server/domain/live.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { consoleDatabase } from "#server/web/database.ts";
import { openEventBody, type EventBody } from "#server/web/event-body.ts";
import { readLiveAsk, type LiveAnswer } from "#server/web/live-ask.ts";
import { rawResponse } from "#server/web/raw-response.ts";
import { watchSession } from "#server/web/watch-sessions.ts";

const heartbeatMs = 15_000;
/** A browser has one stream for all its tabs; where it cannot share, one for each. */
const streamsPerSession = 8;

const open = new Map<string, number>();

// Kept on globalThis: a development reload makes this module anew, and the old one would go on.
const kept = globalThis as typeof globalThis & { quaysideRelay?: LiveRelay };

function consoleRelay(): LiveRelay {
  kept.quaysideRelay ??= createLiveRelay({ db: consoleDatabase(), clock: () => Date.now() });
  return kept.quaysideRelay;
}

/**
 * /api/console/live: frames of the live bus as server-sent events, for the devices that the caller
 * may see. Asked by POST with {devices, fleet, refusals, tail}, or by GET with
 * ?devices=a,b&fleet=1&refusals=1&tail=ID. Ends when the session does.
 * @throws ServiceError forbidden, invalid (too many devices), rate_limited (too many streams),
 * unavailable (too many viewers)
 */
export async function liveStream(ctx: Context, request: Request): Promise<Response> {
  const { actor } = ctx;
  if (actor.type !== "user") {
    throw new ServiceError("forbidden", "The live stream is for people in the browser.", {
      remedy: "Read telemetry by GET /api/v1/devices/{id}/telemetry.",
    });
  }
  const answer = await readLiveAsk(ctx, request);
  const release = takeStream(actor.sessionId);
  const ended = new AbortController();
  const end = () => ended.abort();
  request.signal.addEventListener("abort", end, { once: true });
  ended.signal.addEventListener("abort", release, { once: true });
  // The browser may have left while the session and the devices were looked up; nobody would tell.
  if (request.signal.aborted) end();

  let flush = (): void => undefined;
  const body = openEventBody(
    {
      onStart: (opened) => {
        flush = openFeed({ ctx, sessionId: actor.sessionId, answer, body: opened, ended });
      },
      onReady: () => flush(),
      onCancel: end,
    },
    rawResponse(),
  );
  return new Response(body.stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // no-transform: compression would hold frames back.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-request-id": ctx.requestId,
    },
  });
}

/** Counts the stream in, and gives back what counts it out. */
function takeStream(sessionId: string): () => void {
  const others = open.get(sessionId) ?? 0;
  if (others >= streamsPerSession) {
    throw new ServiceError("rate_limited", "Too many pages of yours are live at once.", {
      remedy: "Close some of the console's tabs.",
    });
  }
  open.set(sessionId, others + 1);
  return () => {
    const rest = (open.get(sessionId) ?? 1) - 1;
    if (rest === 0) open.delete(sessionId);
    else open.set(sessionId, rest);
  };
}

/**
 * @returns to be called when the reader can take more
 * @throws ServiceError unavailable
 */
function openFeed(at: {
  readonly ctx: Context;
  readonly sessionId: string;
  readonly answer: LiveAnswer;
  readonly body: Omit<EventBody, "stream">;
  readonly ended: AbortController;
}): () => void {
  const { ctx, sessionId, answer, body, ended } = at;
  const { isReady } = body;
  ended.signal.addEventListener("abort", () => body.end(), { once: true });
  if (ended.signal.aborted) {
    body.end();
    return () => undefined;
  }
  const write = (event: Uint8Array) => {
    if (!ended.signal.aborted) body.write(event);
  };
  const say = (line: LiveLine) => write(eventOf(JSON.stringify(line)));

  const { tail, ...interest } = answer.interest;
  say({ kind: "devices", keys: answer.keys });
  if (answer.tailRefused !== undefined) {
    say({ kind: "tail_refused", message: answer.tailRefused });
  }
  const watching = consoleRelay().watch({ interest, isReady, write });
  if (watching === undefined) {
    ended.abort();
    throw new ServiceError("unavailable", "This console cannot serve more live pages.", {
      remedy: "Close pages that nobody looks at, or run another console.",
    });
  }
  if (tail !== undefined) {
    const nothingElse = { deviceKeys: [], fleet: false, refusals: false };
    // It ends with the signal and does not reject.
    subscribeLive({
      db: ctx.db,
      interest: { tenantId: ctx.tenantId, ...nothingElse, tail },
      onFrame: (frame) => {
        if (isReady()) say(frame);
      },
      onCurrent: () => undefined,
      onGap: () => undefined,
      signal: ended.signal,
    });
  }
  const unwatch = watchSession(ctx, {
    sessionId,
    onEnd: (why) => {
      if (why === "ended") say({ kind: "ended" });
      ended.abort();
    },
  });
  endWith(ended.signal, { watching, unwatch, heartbeat: startHeartbeat(at, { write, isReady }) });
  return () => watching.flush();
}

const alive = new TextEncoder().encode(": alive\n\n");

/** Shows the browser and what is between that the stream lives, and finds those who are gone. */
function startHeartbeat(
  { ended }: { readonly ended: AbortController },
  to: { readonly write: (event: Uint8Array) => void; readonly isReady: () => boolean },
): NodeJS.Timeout {
  let wasReady = true;
  return setInterval(() => {
    const ready = to.isReady();
    if (ready) to.write(alive);
    // Nothing was read since the last one but what the queue holds: the viewer is gone.
    if (!ready && !wasReady) ended.abort();
    wasReady = ready;
  }, heartbeatMs);
}

function endWith(
  signal: AbortSignal,
  parts: {
    readonly watching: Watching;
    readonly unwatch: () => void;
    readonly heartbeat: NodeJS.Timeout;
  },
): void {
  signal.addEventListener(
    "abort",
    () => {
      clearInterval(parts.heartbeat);
      parts.unwatch();
      parts.watching.end();
    },
    { once: true },
  );
}
