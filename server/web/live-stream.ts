import "server-only";
import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";
import { subscribeLive } from "#server/live/subscribe.ts";
import type { Context } from "#server/services/context.ts";
import { deviceKeys } from "#server/services/device/keys.ts";
import { ServiceError } from "#server/services/errors.ts";
import { openTail } from "#server/services/message/open-tail.ts";
import { isSessionStillLive } from "#server/services/session/still-live.ts";
import { logBug } from "#server/web/log-bug.ts";

const heartbeatMs = 15_000;
const recheckMs = 5_000;
const streamsPerSession = 8;
/** A viewer who does not read loses frames beyond this: the newest values come with the next. */
const waitingFrames = 256;

const open = new Map<string, number>();

/**
 * GET /api/console/live?devices=a,b&fleet=1&refusals=1&tail=ID: frames of the live bus as server-sent
 * events, for the devices that the caller may see. Ends when the session does.
 * @throws ServiceError forbidden, invalid (too many devices), rate_limited (too many streams)
 */
export async function liveStream(ctx: Context, request: Request): Promise<Response> {
  const { actor } = ctx;
  if (actor.type !== "user") {
    throw new ServiceError("forbidden", "The live stream is for people in the browser.", {
      remedy: "Read telemetry by GET /api/v1/devices/{id}/telemetry.",
    });
  }
  const { interest, refused } = await interestOf(ctx, new URL(request.url).searchParams);
  const release = takeStream(actor.sessionId);
  const ended = new AbortController();
  const end = () => ended.abort();
  request.signal.addEventListener("abort", end, { once: true });
  ended.signal.addEventListener("abort", release, { once: true });
  // The browser may have left while the session and the devices were looked up; nobody would tell.
  if (request.signal.aborted) end();

  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) =>
        feed({ ctx, sessionId: actor.sessionId, interest, refused, controller, ended }),
      cancel: end,
    },
    new CountQueuingStrategy({ highWaterMark: waitingFrames }),
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // no-transform: compression would hold frames back.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-request-id": ctx.requestId,
    },
  });
}

type Asked = {
  readonly interest: LiveInterest;
  /** Why the tail is left out; the rest of the page must not lose its stream for it. */
  readonly refused: string | undefined;
};

async function interestOf(ctx: Context, query: URLSearchParams): Promise<Asked> {
  const devices = (query.get("devices") ?? "").split(",").filter((id) => id !== "");
  const keys = await deviceKeys(ctx, { devices });
  const interest = {
    tenantId: ctx.tenantId,
    deviceKeys: keys.map(({ key }) => key),
    fleet: query.get("fleet") === "1",
    refusals: query.get("refusals") === "1",
  };
  if (!query.has("tail")) return { interest, refused: undefined };
  try {
    return {
      interest: { ...interest, tail: await openTail(ctx, tailInput(query)) },
      refused: undefined,
    };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === "forbidden") throw error;
    return { interest, refused: error.message };
  }
}

/** `tail` names the opening; the filters bear its name. */
function tailInput(query: URLSearchParams): Parameters<typeof openTail>[1] {
  const of = (name: string): string => query.get(name) ?? "";
  return {
    opening: of("tail"),
    device: of("tail-device"),
    profileId: of("tail-profile"),
    outcome: of("tail-outcome"),
    topic: of("tail-topic"),
    text: of("tail-text"),
  };
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

function feed(
  at: Asked & {
    readonly ctx: Context;
    readonly sessionId: string;
    readonly controller: ReadableStreamDefaultController<Uint8Array>;
    readonly ended: AbortController;
  },
): void {
  const { ctx, sessionId, interest, refused, controller, ended } = at;
  if (ended.signal.aborted) return closeQuietly(controller);
  const encoder = new TextEncoder();
  const write = (text: string) => {
    if (!ended.signal.aborted && (controller.desiredSize ?? 0) > 0) {
      controller.enqueue(encoder.encode(text));
    }
  };
  const onFrame = (frame: LiveFrame) => write(`data: ${JSON.stringify(frame)}\n\n`);

  const heartbeat = setInterval(() => {
    // Nothing was read since the last one but what the queue holds: the viewer is gone.
    if ((controller.desiredSize ?? 0) <= 0) ended.abort();
    else write(": alive\n\n");
  }, heartbeatMs);
  const recheck = setInterval(() => void endWithSession(), recheckMs);
  async function endWithSession(): Promise<void> {
    try {
      const live = await isSessionStillLive(
        { db: ctx.db, tenantId: ctx.tenantId, sessionId },
        ctx.now(),
      );
      if (!live) ended.abort();
    } catch (error) {
      // Nobody can say whether the session counts: the browser comes back and asks again.
      logBug(error, ctx.requestId);
      ended.abort();
    }
  }
  ended.signal.addEventListener(
    "abort",
    () => {
      clearInterval(heartbeat);
      clearInterval(recheck);
      closeQuietly(controller);
    },
    { once: true },
  );

  onFrame({ kind: "hello", at: ctx.now().getTime() });
  if (refused !== undefined) onFrame({ kind: "tail_refused", message: refused });
  // It ends with the signal and does not reject.
  void subscribeLive({ db: ctx.db, interest, onFrame, signal: ended.signal });
}

function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch (error) {
    // The reader has cancelled: it is closed already.
    if (!(error instanceof TypeError)) throw error;
  }
}
