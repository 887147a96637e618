"use client";
import { useMemo } from "react";

/** The same object as long as it says the same: what is read from the address is new at every rendering. */
export function useStable<T>(value: T): T {
  const text = JSON.stringify(value);
  // Written a line above: what is read back is what it was.
  return useMemo(() => JSON.parse(text) as T, [text]);
}
