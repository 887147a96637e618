import type { TabSharing } from "#components/layout/live-share.ts";

/**
 * The browser's means to share between tabs; undefined where it has none, which is also so on a
 * page that is reached by plain HTTP from another machine (Web Locks want a secure context).
 */
export function browserSharing(): TabSharing | undefined {
  if (typeof BroadcastChannel !== "function" || !("locks" in navigator)) return undefined;
  return { hold: holdLock, open: openChannel };
}

const holdLock: TabSharing["hold"] = ({ name, isNow, onHeld, onTaken, signal }) => {
  const untilGivenBack = async () => {
    if (signal.aborted) return;
    onHeld();
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  };
  const asked = navigator.locks.request(name, isNow ? { steal: true } : { signal }, untilGivenBack);
  // It is refused when it was given up before it came, and when another tab took it away.
  asked.catch(() => {
    if (!signal.aborted) onTaken();
  });
};

const openChannel: TabSharing["open"] = (name, onMessage) => {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", (event: MessageEvent<unknown>) => onMessage(event.data));
  return {
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  };
};
