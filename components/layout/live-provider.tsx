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
import {
  createLiveHub,
  type LiveHub,
  type LiveWish,
  type TailWish,
} from "#components/layout/live-hub.ts";
import type { LiveState } from "#components/layout/live-stream.ts";
import type { LiveFrame } from "#server/domain/live.ts";

const LiveContext = createContext<LiveHub | null>(null);
const noListener = () => () => undefined;

/** Around the console once: holds the page's one live connection. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [hub] = useState(() => createLiveHub((url) => new EventSource(url)));
  useEffect(() => () => hub.close(), [hub]);
  return <LiveContext value={hub}>{children}</LiveContext>;
}

/**
 * Hears live frames while the component is on the page. Frames of other parts' wishes come too:
 * look at `frame.kind` and the device key.
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

/** Whether the page is live, as the top bar says it. */
export function useLiveState(): LiveState {
  const hub = useContext(LiveContext);
  return useSyncExternalStore<LiveState>(
    hub?.onState ?? noListener,
    () => hub?.state() ?? "connecting",
    () => "connecting",
  );
}
