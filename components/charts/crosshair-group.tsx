"use client";
import { createContext, useContext, useState, type ReactNode } from "react";

type CrosshairState = readonly [number | null, (at: number | null) => void];
const CrosshairContext = createContext<CrosshairState | null>(null);

/** Charts inside share one crosshair: the same instant is marked in all of them. */
export function CrosshairGroup({ children }: { readonly children: ReactNode }) {
  const state = useState<number | null>(null);
  return <CrosshairContext value={state}>{children}</CrosshairContext>;
}

/** The instant under the pointer (epoch milliseconds), the group's or the chart's own. */
export function useCrosshair(): CrosshairState {
  const own = useState<number | null>(null);
  return useContext(CrosshairContext) ?? own;
}
