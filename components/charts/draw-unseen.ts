"use client";
import { useSyncExternalStore } from "react";
import { createObserved } from "#components/charts/observed.ts";

const isWanted = createObserved(false);
const begin = () => isWanted.set(true);
const end = () => isWanted.set(false);

function subscribe(listener: () => void): () => void {
  // The same functions: a browser adds them once, however many charts there are.
  addEventListener("beforeprint", begin);
  addEventListener("afterprint", end);
  return isWanted.subscribe(listener);
}

/** Whether charts that are not on screen must be drawn as well: paper and pictures show them. */
export function useDrawUnseen(): boolean {
  return useSyncExternalStore(subscribe, isWanted.get, () => false);
}

/** Does `work` while every chart of the page is drawn as of now. */
export async function withUnseenDrawn<T>(work: () => Promise<T>): Promise<T> {
  begin();
  try {
    // React draws before the next frame.
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return await work();
  } finally {
    end();
  }
}
