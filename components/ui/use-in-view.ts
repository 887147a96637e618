"use client";
import { useEffect, useState, type RefObject } from "react";

/** Pixels around the window that count as seen already. */
const marginPixels = 200;

/**
 * Whether the element is on screen or nearly: what is not need not ask for anything, nor be drawn.
 * @param initially what is said until the browser has looked
 */
export function useInView(element: RefObject<HTMLElement | null>, initially = false): boolean {
  const [inView, setInView] = useState(initially);
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return;
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)?.isIntersecting === true),
      { rootMargin: `${marginPixels}px` },
    );
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return inView;
}
