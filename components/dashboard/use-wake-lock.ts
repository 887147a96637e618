"use client";
import { useEffect, useState } from "react";

/**
 * Keeps the screen on while the page is seen, where the browser can; a page that was hidden asks again.
 * @returns whether it does
 */
export function useWakeLock(): boolean {
  const [isAwake, setAwake] = useState(false);
  useEffect(() => {
    if (!("wakeLock" in navigator)) return;
    let lock: WakeLockSentinel | undefined;
    let isOver = false;
    async function ask() {
      if (document.visibilityState !== "visible") return;
      // Refused on low battery and without a secure context: then the page says so.
      const given = await navigator.wakeLock.request("screen").catch(() => undefined);
      if (isOver) {
        await given?.release();
        return;
      }
      lock = given;
      setAwake(given !== undefined);
      given?.addEventListener("release", () => setAwake(false), { once: true });
    }
    const onVisible = () => void ask();
    void ask();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", onVisible);
      void lock?.release();
    };
  }, []);
  return isAwake;
}
