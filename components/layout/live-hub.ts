import { openLiveStream, type LiveState } from "#components/layout/live-stream.ts";
import type { LiveFrame } from "#server/domain/live.ts";

/** What a part of the page wants to hear of. Devices are UUIDs. */
export type LiveWish = {
  readonly devices?: readonly string[];
  readonly fleet?: boolean;
  readonly refusals?: boolean;
  /** Every settled message that fits; a page has one tail at most. */
  readonly tail?: TailWish;
};

/** A live tail: empty text filters nothing. */
export type TailWish = {
  /** UUID of this opening: it is recorded once. */
  readonly opening: string;
  /** The device's own id. */
  readonly device: string;
  readonly profile: string;
  readonly outcome: string;
  readonly topic: string;
  readonly text: string;
};

function addTail(query: URLSearchParams, { opening, ...filters }: TailWish): void {
  query.set("tail", opening);
  for (const [name, value] of Object.entries(filters)) {
    if (value !== "") query.set(`tail-${name}`, value);
  }
}

export type LiveHub = {
  /** Hears frames until the returned function is called. */
  readonly subscribe: (wish: LiveWish, onFrame: (frame: LiveFrame) => void) => () => void;
  readonly state: () => LiveState;
  readonly onState: (listener: () => void) => () => void;
  readonly close: () => void;
};

/** The address that brings what all parts of the page wish for. */
export function liveUrl(wishes: Iterable<LiveWish>): string {
  const devices = new Set<string>();
  let fleet = false;
  let refusals = false;
  let tail: TailWish | undefined;
  for (const wish of wishes) {
    for (const id of wish.devices ?? []) devices.add(id);
    fleet ||= wish.fleet === true;
    refusals ||= wish.refusals === true;
    tail ??= wish.tail;
  }
  const query = new URLSearchParams();
  if (devices.size > 0) query.set("devices", [...devices].toSorted().join(","));
  if (fleet) query.set("fleet", "1");
  if (refusals) query.set("refusals", "1");
  if (tail !== undefined) addTail(query, tail);
  return `/api/console/live?${query.toString()}`;
}

/** One live stream for the whole page; it follows the wishes of its parts. */
export function createLiveHub(open: (url: string) => EventSource): LiveHub {
  const parts = new Map<symbol, { wish: LiveWish; onFrame: (frame: LiveFrame) => void }>();
  const stateListeners = new Set<() => void>();
  let state: LiveState = "connecting";
  let stream: { readonly stop: () => void } | undefined;
  let url = "";
  let queued = false;

  function become(next: LiveState) {
    if (next === state) return;
    state = next;
    for (const listener of stateListeners) listener();
  }
  function close() {
    stream?.stop();
    stream = undefined;
    url = "";
  }
  function follow() {
    queued = false;
    if (parts.size === 0) {
      close();
      become("connecting");
      return;
    }
    const next = liveUrl([...parts.values()].map((part) => part.wish));
    if (next === url) return;
    close();
    url = next;
    stream = openLiveStream({
      open: () => open(next),
      onState: become,
      onFrame: (frame) => {
        for (const { onFrame } of parts.values()) onFrame(frame);
      },
    });
  }
  /** After this turn, so that a page change closes and opens once. */
  function queueFollow() {
    if (queued) return;
    queued = true;
    setTimeout(follow, 0);
  }

  return {
    subscribe(wish, onFrame) {
      const key = Symbol("live");
      parts.set(key, { wish, onFrame });
      queueFollow();
      return () => {
        parts.delete(key);
        queueFollow();
      };
    },
    state: () => state,
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    close,
  };
}
