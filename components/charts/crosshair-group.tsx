"use client";
import { createContext, useContext, useState, type ReactNode } from "react";
import { createObserved, type Observed } from "#components/charts/observed.ts";

/** The instant that is pointed at (epoch milliseconds), and the chart over which that happens. */
export type Pointed = { readonly at: number; readonly by: string };

/** One instant for all charts that share it; null while nothing is pointed at. */
export type CrosshairStore = Observed<Pointed | null>;

function createCrosshair(): CrosshairStore {
  return createObserved<Pointed | null>(
    null,
    (before, after) => before?.at === after?.at && before?.by === after?.by,
  );
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
