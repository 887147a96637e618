import type { ServerResponse } from "node:http";

/** So many events may wait for the reader; with more the viewer is slow, and gets the newest later. */
const waitingEvents = 4;
/** How soon it is looked again whether the answer has begun. */
const lookAgainMs = 5;

/** The body of an answer that events are written to one by one. */
export type EventBody = {
  readonly stream: ReadableStream<Uint8Array>;
  /** False while the reader should not be told more. */
  readonly isReady: () => boolean;
  /** Events keep their order. Nothing happens after the end. */
  readonly write: (event: Uint8Array) => void;
  readonly end: () => void;
};

type Hears = {
  /** Called when the body is read; what it writes comes first. */
  readonly onStart: (body: Omit<EventBody, "stream">) => void;
  /** The reader can take more again. */
  readonly onReady: () => void;
  /** The reader has gone. */
  readonly onCancel: () => void;
};

/**
 * Opens a body for server-sent events. What is written first goes through the stream, by which the
 * answer begins; with `response` what follows is written to it directly: each step of a web stream
 * costs several promises, and a thousand viewers take thousands of steps a second.
 * @param response Node's response that the stream is piped to
 */
export function openEventBody(hears: Hears, response: ServerResponse | undefined): EventBody {
  const way =
    response === undefined ? byStream(hears.onReady) : byResponse(hears.onReady, response);
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        way.open(controller);
        hears.onStart(way.body);
      },
      pull: () => way.onPull(),
      cancel: () => hears.onCancel(),
    },
    new CountQueuingStrategy({ highWaterMark: waitingEvents }),
  );
  return { ...way.body, stream };
}

/** A way for events, and what the stream tells it. */
type Way = {
  readonly body: Omit<EventBody, "stream">;
  readonly open: (controller: ReadableStreamDefaultController<Uint8Array>) => void;
  readonly onPull: () => void;
};

function byStream(onReady: () => void): Way {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  return {
    open: (opened) => {
      controller = opened;
    },
    onPull: onReady,
    body: {
      isReady: () => (controller?.desiredSize ?? 0) > 0,
      write: (event) => controller?.enqueue(event),
      end: () => {
        if (controller !== undefined) closeQuietly(controller);
        controller = undefined;
      },
    },
  };
}

function byResponse(onReady: () => void, response: ServerResponse): Way {
  const { open, body: stream } = byStream(onReady);
  /** What may not overtake the first event. */
  const early: Uint8Array[] = [];
  let state: "new" | "beginning" | "begun" | "over" = "new";
  let looking: NodeJS.Timeout | undefined;
  const begin = (): void => {
    // With the headers the first event was written, in one turn.
    if (!response.headersSent) {
      looking = setTimeout(begin, lookAgainMs);
      return;
    }
    state = "begun";
    for (const event of early.splice(0)) response.write(event);
    response.on("drain", onReady);
    onReady();
  };
  return {
    open,
    onPull: () => undefined,
    body: {
      isReady: () => state === "begun" && !response.writableNeedDrain,
      write: (event) => {
        if (state === "begun") response.write(event);
        if (state === "beginning") early.push(event);
        if (state !== "new") return;
        state = "beginning";
        stream.write(event);
        looking = setTimeout(begin, 0);
      },
      end: () => {
        if (state === "over") return;
        state = "over";
        clearTimeout(looking);
        response.off("drain", onReady);
        for (const event of early.splice(0)) stream.write(event);
        stream.end();
      },
    },
  };
}

function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch (error) {
    // The reader has cancelled: it is closed already.
    if (!(error instanceof TypeError)) throw error;
  }
}
