"use client";
import { useEffect, useRef, useState } from "react";

/** The value of now at first, then at most once in so many milliseconds; the last one always comes. */
export function useSeldom<T>(value: T, everyMs: number): T {
  const [told, setTold] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (latest.current === value) return;
    latest.current = value;
    // Not begun anew with each value: those that come all the time would put it off for ever.
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setTold(latest.current);
    }, everyMs);
  }, [value, everyMs]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return told;
}
