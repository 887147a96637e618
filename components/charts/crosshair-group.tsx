"use client";
import { createContext, useContext, useState, type ReactNode } from "react";

/** The instant that is pointed at (epoch milliseconds), and the chart over which that happens. */
export type Pointed = { readonly at: number; readonly by: string };

/** One instant for all charts that share it. */
export type CrosshairStore = {
  readonly get: () => Pointed | null;
  readonly set: (pointed: Pointed | null) => void;
  readonly subscribe: (listener: () => void) => () => void;
};

function createCrosshair(): CrosshairStore {
  const listeners = new Set<() => void>();
  let pointed: Pointed | null = null;
  return {
    get: () => pointed,
    set: (next) => {
      if (pointed?.at === next?.at && pointed?.by === next?.by) return;
      pointed = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

const GroupContext = createContext<CrosshairStore | null>(null);

/** Charts inside share a crosshair: pointing at one shows the same instant in all. */
export function CrosshairGroup({ children }: { readonly children: ReactNode }) {
  const [store] = useState(createCrosshair);
  return <GroupContext value={store}>{children}</GroupContext>;
}

/** The group's crosshair; outside of a group one of the chart's own. */
export function useCrosshair(): CrosshairStore {
  const shared = useContext(GroupContext);
  const [own] = useState(createCrosshair);
  return shared ?? own;
}
