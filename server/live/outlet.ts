import type { LiveFrame, LiveMessage } from "#server/domain/live.ts";
import { keepNewest } from "#server/live/newest-messages.ts";
import type { LiveEvent } from "#server/live/port.ts";

/** After a message frame comes the next: soon where little is told, ten times a second where much is. */
const leastPauseMs = 40;
const mostPauseMs = 100;
const pausePerMessageMs = 0.5;
/** How soon a viewer that could not take more is looked at again. */
const lookEveryMs = 25;
/** Frames of other kinds that wait for a slow viewer. */
const otherFrames = 64;

/** A message that waits for a frame: most of a busy device's are replaced before they are written. */
export type UntoldMessage = {
  readonly deviceKey: string;
  /** Its number, once somebody was told it: all others must know it again. */
  seq: number | undefined;
  /** Its place among those that `make` makes. */
  readonly index: number;
  readonly make: (index: number) => LiveMessage;
};

/** Where one viewer's frames go. */
export type Outlet = {
  /** Told at once, in front of messages that wait. */
  offer(event: LiveEvent): void;
  /** Those of one message of the device, which go together. */
  offerMessages(messages: readonly UntoldMessage[]): void;
  /** Messages that the viewer will not get because they came too fast, or it is slow. */
  readonly dropped: number;
  close(): void;
};

/**
 * Gathers one viewer's frames, bounded: a viewer that is too slow gets the newest of each device and
 * the number of what it missed, never the whole backlog.
 * @param at.clock milliseconds, any origin
 * @param at.nextSeq numbers that rise
 */
export function openOutlet(at: {
  readonly nextSeq: () => number;
  readonly isReady: () => boolean;
  readonly send: (frame: LiveFrame) => void;
  readonly clock: () => number;
}): Outlet {
  const newest = keepNewest<UntoldMessage>();
  const others: LiveEvent[] = [];
  let nextFrameAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const toldOf = (untold: UntoldMessage): LiveMessage => {
    untold.seq ??= at.nextSeq();
    return { ...untold.make(untold.index), seq: untold.seq };
  };
  const flush = (): void => {
    const isReady = at.isReady();
    if (isReady) {
      for (const frame of others.splice(0)) at.send(frame);
      const now = at.clock();
      if (!newest.isEmpty && now >= nextFrameAt) {
        const { messages, ...lacking } = newest.take();
        const pauseMs = Math.max(leastPauseMs, messages.length * pausePerMessageMs);
        nextFrameAt = now + Math.min(mostPauseMs, pauseMs);
        at.send({ kind: "messages", messages: messages.map((each) => toldOf(each)), ...lacking });
      }
    }
    if (newest.isEmpty && others.length === 0) return;
    timer ??= setTimeout(lookAgain, isReady ? untilNextFrame() : lookEveryMs);
  };
  const untilNextFrame = (): number => Math.max(1, nextFrameAt - at.clock());
  const lookAgain = (): void => {
    timer = undefined;
    flush();
  };

  return {
    offer: (event) => {
      others.push(event);
      if (others.length > otherFrames) others.shift();
      flush();
    },
    offerMessages: (messages) => {
      newest.add(messages);
      // While a timer runs for the next frame there is nothing to do before it.
      if (timer === undefined) flush();
    },
    get dropped() {
      return newest.dropped;
    },
    close: () => clearTimeout(timer),
  };
}
