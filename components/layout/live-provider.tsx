"use client";
import {
  createContext,
  useContext,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { connectLive } from "#components/layout/live-connect.ts";
import {
  createLiveHub,
  type LiveHub,
  type PageSight,
  type PageStanding,
} from "#components/layout/live-hub.ts";
import { createSharedLink } from "#components/layout/live-share.ts";
import {
  createLiveStream,
  type LinkEvents,
  type LiveLink,
  type LiveState,
} from "#components/layout/live-stream.ts";
import type { LiveWish, TailWish } from "#components/layout/live-wish.ts";
import { browserSharing } from "#components/layout/tab-sharing.ts";
import type { LiveFrame } from "#server/domain/live.ts";

const LiveContext = createContext<LiveHub | null>(null);
const noListener = () => () => undefined;
const notYet: PageStanding = { state: "connecting", since: 0 };

const openStream = (events: LinkEvents): LiveLink => createLiveStream(connectLive, events);

const sight: PageSight = {
  isHidden: () => document.visibilityState === "hidden",
  onChange: (listener) => {
    document.addEventListener("visibilitychange", listener);
    return () => document.removeEventListener("visibilitychange", listener);
  },
};

/** Tabs of the same person share; the number changes with what tabs say to each other. */
function openShared(who: string): (events: LinkEvents) => LiveLink {
  return (events) => {
    const sharing = browserSharing();
    if (sharing === undefined) return openStream(events);
    const tab = crypto.randomUUID();
    return createSharedLink({ name: `quayside-live-1 ${who}`, tab, sharing, openStream }, events);
  };
}

/** Around the console once: holds the page's part of the browser's one live connection. */
export function LiveProvider({
  who,
  children,
}: {
  /** Names the person: what one hears is not for another who signs in in the same browser. */
  readonly who: string;
  readonly children: ReactNode;
}) {
  const [hub] = useState(() => createLiveHub({ shared: openShared(who), own: openStream, sight }));
  useEffect(() => hub.start(), [hub]);
  return <LiveContext value={hub}>{children}</LiveContext>;
}

/**
 * Hears what is wished for while the component is on the page. `hello`: read what may have been
 * missed; it comes once after the first rendering, and again after every gap.
 */
export function useLive(wish: LiveWish, onFrame: (frame: LiveFrame) => void): void {
  const hub = useContext(LiveContext);
  const hear = useEffectEvent(onFrame);
  const devices = wish.devices?.join(",") ?? "";
  const { fleet = false, refusals = false } = wish;
  const tail = wish.tail === undefined ? "" : JSON.stringify(wish.tail);
  useEffect(() => {
    if (hub === null) return;
    const ids = devices === "" ? [] : devices.split(",");
    const wishes = { devices: ids, fleet, refusals };
    // Written a line above: what is read back is what it was.
    const tails = tail === "" ? {} : { tail: JSON.parse(tail) as TailWish };
    return hub.subscribe({ ...wishes, ...tails }, (frame) => hear(frame));
  }, [hub, devices, fleet, refusals, tail]);
}

/** How the page stands, since when, and why. */
export function useLiveStanding(): PageStanding {
  const hub = useContext(LiveContext);
  return useSyncExternalStore<PageStanding>(
    hub?.onStanding ?? noListener,
    () => hub?.standing() ?? notYet,
    () => notYet,
  );
}

/** Whether the page is live, as the top bar says it. */
export function useLiveState(): LiveState {
  return useLiveStanding().state;
}

/** Ends the live streams of all tabs: after signing out. */
export function useEndLive(): () => void {
  const hub = useContext(LiveContext);
  return () => hub?.end();
}
