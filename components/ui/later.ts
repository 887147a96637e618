import { createElement, useEffect, useSyncExternalStore, type ComponentType } from "react";

type Loaded<T> = { readonly part?: T; readonly failure?: unknown };

/** A part of the interface whose code is loaded when it is needed, or once the page has come to rest. */
export type Later<T> = {
  /** Begins to load; more calls change nothing, unless it failed before. */
  readonly load: () => void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly read: () => Loaded<T>;
};

const nothing: Loaded<never> = {};

/** What `fetch` brings (a dynamic import), kept for the whole document. */
export function later<T>(fetch: () => Promise<T>): Later<T> {
  const listeners = new Set<() => void>();
  let loaded: Loaded<T> = nothing;
  let isLoading = false;
  const say = (now: Loaded<T>) => {
    loaded = now;
    isLoading = false;
    for (const each of listeners) each();
  };
  async function load() {
    if (isLoading || loaded.part !== undefined) return;
    isLoading = true;
    try {
      say({ part: await fetch() });
    } catch (failure) {
      say({ failure });
      // Whoever needs it has thrown by now: whoever asks from here on tries again.
      setTimeout(() => (loaded = nothing), 0);
    }
  }
  return {
    load: () => void load(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => loaded,
  };
}

/**
 * The part once it is there; `needed` begins to load it. Without Suspense, which would hold back
 * what is ready for up to 300 ms.
 * @param onFailure what is done instead of throwing, by those whom a page can do without
 * @throws what kept it from being loaded, while it is needed
 */
export function useLater<T>(of: Later<T>, needed: boolean, onFailure?: () => void): T | undefined {
  const { part, failure } = useSyncExternalStore(of.subscribe, of.read, () => nothing as Loaded<T>);
  const hasFailed = needed && failure !== undefined;
  useEffect(() => {
    if (needed) of.load();
  }, [of, needed]);
  useEffect(() => {
    if (hasFailed) onFailure?.();
  }, [hasFailed, onFailure]);
  if (hasFailed && onFailure === undefined) throw failure;
  return part;
}

/** A part with its properties, once it is there; see {@link useLater}. */
export function LaterPart<P extends object>({
  of,
  needed,
  onFailure,
  props,
}: {
  readonly of: Later<ComponentType<P>>;
  readonly needed: boolean;
  readonly onFailure?: () => void;
  readonly props: P;
}) {
  const part = useLater(of, needed, onFailure);
  return part === undefined ? null : createElement(part, props);
}

/** Loads parts after everything that the page itself needs. @returns calls it off */
export function loadAtRest(parts: readonly Pick<Later<unknown>, "load">[]): () => void {
  const load = () => {
    for (const part of parts) part.load();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    timer = setTimeout(load, restMs);
  };
  if (document.readyState === "complete") wait();
  else window.addEventListener("load", wait, { once: true });
  return () => {
    window.removeEventListener("load", wait);
    clearTimeout(timer);
  };
}

/** After the page's own work, before somebody has found a button. */
const restMs = 200;
