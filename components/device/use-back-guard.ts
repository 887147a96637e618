"use client";
import { useEffect, useRef } from "react";

/** What of the Navigation API is used; not every browser has it. */
type Navigation = EventTarget & { readonly traverseTo: (key: string) => unknown };
type Navigate = Event & {
  readonly navigationType: string;
  readonly destination: Readonly<{ key: string; url: string; sameDocument: boolean }>;
};

/**
 * Hears, while `active`, that the browser was told to go back or forward to another page of the
 * console, and keeps it from going there. Browsers without the Navigation API go.
 * @param onTry is given what goes there after all
 */
export function useBackGuard(active: boolean, onTry: (leave: () => void) => void): void {
  const tell = useRef(onTry);
  useEffect(() => {
    tell.current = onTry;
  });
  useEffect(() => {
    const { navigation } = window as unknown as { readonly navigation?: Navigation };
    if (!active || navigation === undefined) return;
    let isWanted = false;
    const onNavigate = (event: Event) => {
      const { navigationType, destination, cancelable } = event as Navigate;
      // The steps of a wizard are entries of their own: between them nothing is lost.
      const isHere = new URL(destination.url).pathname === location.pathname;
      // Other documents are asked about by the browser itself.
      const isOurs = navigationType === "traverse" && destination.sameDocument && !isHere;
      if (!isOurs || !cancelable || isWanted) return;
      event.preventDefault();
      tell.current(() => {
        isWanted = true;
        navigation.traverseTo(destination.key);
      });
    };
    navigation.addEventListener("navigate", onNavigate);
    return () => navigation.removeEventListener("navigate", onNavigate);
  }, [active]);
}
