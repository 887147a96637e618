/** A value outside of React's state: those who follow it hear of changes, nobody else draws anew. */
export type Observed<T> = {
  readonly get: () => T;
  /** Followers hear of it at once, unless nothing changes. */
  readonly set: (value: T) => void;
  /** @returns ends it */
  readonly subscribe: (listener: () => void) => () => void;
};

/** @param isSame whether a value changes nothing */
export function createObserved<T>(
  first: T,
  isSame: (before: T, after: T) => boolean = Object.is,
): Observed<T> {
  const listeners = new Set<() => void>();
  let value = first;
  return {
    get: () => value,
    set: (next) => {
      if (isSame(value, next)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
