"use client";
import { useEffect, useState } from "react";

/** `value` as it was when it last stayed the same for a while; for reads that typing causes. */
export function useSettled(value: string, pauseMs = 350): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return settled;
}
