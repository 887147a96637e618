"use client";
import { useEffect, useState } from "react";

/** The value as it was when it last stayed the same for a while. Compared by its JSON. */
export function useDebounced<T>(value: T, pauseMs: number): T {
  const [settled, setSettled] = useState(value);
  const json = JSON.stringify(value);
  const isSettled = JSON.stringify(settled) === json;
  useEffect(() => {
    if (isSettled) return;
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react/exhaustive-deps -- `json` stands for `value`
  }, [json, isSettled, pauseMs]);
  return isSettled ? value : settled;
}
