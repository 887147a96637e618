import type { LiveMessage } from "#server/domain/live.ts";

export type LiveValue = { readonly v: number | boolean | string; readonly t: number };
export type LiveFields = Readonly<Record<string, LiveValue>>;

/** What the stream has told since the page was opened, by device key. */
export type LiveValues = {
  readonly subscribe: (listener: () => void) => () => void;
  /** Newest values of a device; the same object until one of them changes. */
  readonly latest: (key: string) => LiveFields | undefined;
  /** Hears each frame's messages that brought values. */
  readonly onMessages: (listener: (messages: readonly LiveMessage[]) => void) => () => void;
  readonly hear: (messages: readonly LiveMessage[]) => void;
};

/** Keeps the newest value of each field: what comes late does not take the place of what is newer. */
export function createLiveValues(): LiveValues {
  const devices = new Map<string, LiveFields>();
  const listeners = new Set<() => void>();
  const hearers = new Set<(messages: readonly LiveMessage[]) => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    latest: (key) => devices.get(key),
    onMessages: (listener) => {
      hearers.add(listener);
      return () => void hearers.delete(listener);
    },
    hear: (messages) => {
      const telling = messages.filter(({ values }) => Object.keys(values).length > 0);
      if (telling.length === 0) return;
      for (const { deviceKey, values, ts } of telling) {
        const before = devices.get(deviceKey) ?? {};
        const newer = Object.entries(values).filter(([name]) => (before[name]?.t ?? 0) <= ts);
        if (newer.length === 0) continue;
        const learnt = Object.fromEntries(newer.map(([name, v]) => [name, { v, t: ts }]));
        devices.set(deviceKey, { ...before, ...learnt });
      }
      for (const hear of hearers) hear(telling);
      for (const listener of listeners) listener();
    },
  };
}

/** Devices that may be followed live on one page. */
export const maxLiveOnPage = 100;

/** The devices that are followed when several parts of a page wish for some: the first hundred. */
export function followedDevices(wishes: Iterable<readonly string[]>): readonly string[] {
  const chosen = new Set<string>();
  for (const ids of wishes) {
    for (const id of ids) {
      if (chosen.size >= maxLiveOnPage) return [...chosen];
      chosen.add(id);
    }
  }
  return [...chosen];
}
