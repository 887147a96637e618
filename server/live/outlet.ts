import type { LiveFrame, LiveMessage } from "#server/domain/live.ts";

/** At most ten message frames a second for each viewer, the first one at once. */
const frameEveryMs = 100;
const lookEveryMs = 25;
/** What a frame holds at most; the oldest fall out and are counted. */
const messagesPerFrame = 200;
/** Frames of other kinds that wait for a slow viewer. */
const otherFrames = 64;

/** Where one viewer's frames go. */
export type Outlet = {
  /** @returns how many messages the viewer will not get because it is slow */
  offer(frame: LiveFrame): number;
  close(): void;
};

/**
 * Gathers one viewer's frames, bounded: a viewer that is too slow gets the newest and the number of
 * what it missed, never the whole backlog.
 * @param at.clock milliseconds, any origin
 */
export function openOutlet(at: {
  readonly isReady: () => boolean;
  readonly send: (frame: LiveFrame) => void;
  readonly clock: () => number;
}): Outlet {
  let messages: LiveMessage[] = [];
  const others: LiveFrame[] = [];
  let missed = 0;
  let lastFrameAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    if (at.isReady()) {
      for (const frame of others.splice(0)) at.send(frame);
      const now = at.clock();
      if (messages.length > 0 && now - lastFrameAt >= frameEveryMs) {
        const frame: LiveFrame = { kind: "messages", messages, dropped: missed };
        messages = [];
        missed = 0;
        lastFrameAt = now;
        at.send(frame);
      }
    }
    if (messages.length + others.length > 0) timer ??= setTimeout(lookAgain, lookEveryMs);
  };
  const lookAgain = (): void => {
    timer = undefined;
    flush();
  };

  return {
    offer: (frame) => {
      let excess = 0;
      if (frame.kind === "messages") {
        messages.push(...frame.messages);
        excess = Math.max(0, messages.length - messagesPerFrame);
        messages.splice(0, excess);
        missed += excess;
      } else {
        others.push(frame);
        if (others.length > otherFrames) others.shift();
      }
      flush();
      return excess;
    },
    close: () => clearTimeout(timer),
  };
}
