import type { LiveFrame } from "#server/domain/live.ts";
import { keepNewest } from "#server/live/newest-messages.ts";

/** At most ten message frames a second for each viewer, the first one at once. */
const frameEveryMs = 100;
/** How soon a viewer that could not take more is looked at again. */
const lookEveryMs = 25;
/** Frames of other kinds that wait for a slow viewer. */
const otherFrames = 64;

/** Where one viewer's frames go. */
export type Outlet = {
  offer(frame: LiveFrame): void;
  /** Messages that the viewer will not get because they came too fast, or it is slow. */
  readonly dropped: number;
  close(): void;
};

/**
 * Gathers one viewer's frames, bounded: a viewer that is too slow gets the newest of each device and
 * the number of what it missed, never the whole backlog.
 * @param at.clock milliseconds, any origin
 */
export function openOutlet(at: {
  readonly isReady: () => boolean;
  readonly send: (frame: LiveFrame) => void;
  readonly clock: () => number;
}): Outlet {
  const newest = keepNewest();
  const others: LiveFrame[] = [];
  let lastFrameAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    const isReady = at.isReady();
    if (isReady) {
      for (const frame of others.splice(0)) at.send(frame);
      const now = at.clock();
      if (!newest.isEmpty && now - lastFrameAt >= frameEveryMs) {
        lastFrameAt = now;
        at.send({ kind: "messages", ...newest.take() });
      }
    }
    if (newest.isEmpty && others.length === 0) return;
    timer ??= setTimeout(lookAgain, isReady ? untilNextFrame() : lookEveryMs);
  };
  const untilNextFrame = (): number => Math.max(1, lastFrameAt + frameEveryMs - at.clock());
  const lookAgain = (): void => {
    timer = undefined;
    flush();
  };

  return {
    offer: (frame) => {
      if (frame.kind === "messages") newest.add(frame.messages, frame.missed);
      else {
        others.push(frame);
        if (others.length > otherFrames) others.shift();
      }
      // While a timer runs for the next frame there is nothing to do before it.
      if (frame.kind !== "messages" || timer === undefined) flush();
    },
    get dropped() {
      return newest.dropped;
    },
    close: () => clearTimeout(timer),
  };
}
