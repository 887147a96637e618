"use client";
import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";

/** Server time of the request in epoch milliseconds: what the first paint and hydration agree on. */
const RequestTime = createContext(0);

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One ticker for the whole page; it runs only while something on it shows an age. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
const never = () => () => undefined;

/** Given once by the root layout. `now`: epoch milliseconds on the server. */
export function ClockProvider({
  now,
  children,
}: {
  readonly now: number;
  readonly children: ReactNode;
}) {
  return <RequestTime value={now}>{children}</RequestTime>;
}

/**
 * What `derive` says about the present, once a second. It must return a string, number or boolean:
 * the component renders again only when that changes.
 */
export function useNow<T extends string | number | boolean>(derive: (now: number) => T): T {
  const requestTime = useContext(RequestTime);
  return useSyncExternalStore(
    subscribe,
    () => derive(Date.now()),
    () => derive(requestTime),
  );
}

/** False during the server's render and hydration, then true: for the viewer's zone and locale. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
