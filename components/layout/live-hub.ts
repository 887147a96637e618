import type { LinkEvents, LiveLink, LiveStanding } from "#components/layout/live-stream.ts";
import {
  filterFor,
  isEmptyWish,
  mergeWishes,
  type DeviceKeys,
  type FrameFilter,
  type LiveWish,
} from "#components/layout/live-wish.ts";
import type { LiveFrame } from "#server/domain/live.ts";

/** How the page stands, and since when (epoch milliseconds). */
export type PageStanding = LiveStanding & { readonly since: number };

export type LiveHub = {
  /** Hears what is wished for until the returned function is called. */
  readonly subscribe: (wish: LiveWish, onFrame: (frame: LiveFrame) => void) => () => void;
  readonly standing: () => PageStanding;
  readonly onStanding: (listener: () => void) => () => void;
  /** Nobody is signed in any more: tells every tab. */
  readonly end: () => void;
  /** Looks whether the page is seen. @returns a function that ends everything */
  readonly start: () => () => void;
};

/** Whether anybody can see the page. */
export type PageSight = {
  readonly isHidden: () => boolean;
  /** @returns a function that ends it */
  readonly onChange: (listener: () => void) => () => void;
};

/** Opens a link for this page. */
export type OpenLink = (events: LinkEvents) => LiveLink;

/** Parts come and go in groups: their wishes gather this long. */
const gatherMs = 20;
/** A page that nobody has seen for so long gives back what it wished for. */
const hiddenAfterMs = 30_000;

type Part = {
  readonly wish: LiveWish;
  readonly onFrame: (frame: LiveFrame) => void;
  /** The link was asked for this part's wish. */
  isAsked: boolean;
  /** It has read what was before, and misses nothing since. */
  isTold: boolean;
  filter: FrameFilter;
};

const nothing: FrameFilter = () => undefined;

/**
 * The live parts of a page. Each hears what it wishes for and nothing else; `hello` tells it to read
 * what it may have missed: once when it is connected, and again after every gap.
 * @param open.shared the link that the tabs share; a live tail has a stream of its own
 */
export function createLiveHub(open: {
  readonly shared: OpenLink;
  readonly own: OpenLink;
  readonly sight: PageSight;
}): LiveHub {
  const listeners = new Set<() => void>();
  let standing: PageStanding = { state: "connecting", since: Date.now() };

  function become(next: LiveStanding) {
    if (next.state === standing.state && next.why === standing.why) return;
    const since = isLost(next) && isLost(standing) ? standing.since : Date.now();
    standing = { ...next, since };
    for (const listener of listeners) listener();
  }
  const main = createParts(open.shared, become);
  const tails = createParts(open.own, () => undefined);

  function start() {
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(hiding);
      if (open.sight.isHidden()) {
        hiding = setTimeout(() => [main, tails].forEach((parts) => parts.pause()), hiddenAfterMs);
      } else {
        for (const parts of [main, tails]) parts.resume();
      }
    };
    const leaveSight = open.sight.onChange(look);
    look();
    return () => {
      clearTimeout(hiding);
      leaveSight();
      for (const parts of [main, tails]) parts.close();
    };
  }

  return {
    subscribe: (wish, onFrame) => {
      const { tail, ...rest } = wish;
      const leaves = [
        ...(isEmptyWish(rest) ? [] : [main.add(rest, onFrame)]),
        ...(tail === undefined ? [] : [tails.add({ tail }, onFrame)]),
      ];
      return () => {
        for (const leave of leaves) leave();
      };
    },
    standing: () => standing,
    onStanding: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end: () => {
      for (const parts of [main, tails]) parts.end();
    },
    start,
  };
}

/** Two ways of not being live: changing between them does not begin anew. */
function isLost({ state }: LiveStanding): boolean {
  return state === "off" || state === "silent";
}

type Parts = {
  readonly add: (wish: LiveWish, onFrame: (frame: LiveFrame) => void) => () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly end: () => void;
  readonly close: () => void;
};

/** The parts of a page that hear of one link. */
function createParts(open: OpenLink, onStanding: (standing: LiveStanding) => void): Parts {
  const parts = new Set<Part>();
  let link: LiveLink | undefined;
  let isPaused = false;
  let queued: ReturnType<typeof setTimeout> | undefined;

  function onFrame(frame: LiveFrame) {
    for (const part of parts) {
      const own = part.filter(frame);
      if (own !== undefined) part.onFrame(own);
    }
  }
  function follow() {
    queued = undefined;
    if (isPaused) return;
    for (const part of parts) part.isAsked = true;
    link ??= open({ onReady: (ready) => greet(parts, ready), onFrame, onStanding });
    link.follow(mergeWishes([...parts].map(({ wish }) => wish)));
  }
  const queueFollow = () => {
    queued ??= setTimeout(follow, gatherMs);
  };

  return {
    add: (wish, hear) => {
      // A tail needs no keys of devices, and that it is refused is said before everything else.
      const filter = wish.tail === undefined ? nothing : filterFor(wish, {});
      const part: Part = { wish, onFrame: hear, isAsked: false, isTold: false, filter };
      parts.add(part);
      queueFollow();
      return () => {
        parts.delete(part);
        queueFollow();
      };
    },
    pause: () => {
      if (isPaused) return;
      isPaused = true;
      for (const part of parts) part.isTold = part.isAsked = false;
      link?.follow({});
    },
    resume: () => {
      if (!isPaused) return;
      isPaused = false;
      queueFollow();
    },
    end: () => link?.end(),
    close: () => {
      clearTimeout(queued);
      queued = undefined;
      link?.stop();
      link = undefined;
    },
  };
}

/** Says hello to the parts that must read what was before: those that are new, or all after a gap. */
function greet(
  parts: ReadonlySet<Part>,
  { keys, isGap }: { readonly keys: DeviceKeys; readonly isGap: boolean },
): void {
  const hello: LiveFrame = { kind: "hello", at: Date.now() };
  for (const part of parts) {
    if (!part.isAsked) continue;
    part.filter = filterFor(part.wish, keys);
    if (part.isTold && !isGap) continue;
    part.isTold = true;
    part.onFrame(hello);
  }
}
