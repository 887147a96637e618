"use client";
import { useEffect, useEffectEvent, useState } from "react";

/** What was pressed before there was anything to type into. */
export type EarlyKeys = {
  readonly text: string;
  /** Keys that mean something to the list, in their order. */
  readonly listKeys: readonly string[];
};

export const noKeys: EarlyKeys = { text: "", listKeys: [] };

const forTheList = ["Enter", "ArrowDown", "ArrowUp"];

/** One key more: a character, Backspace, or one for the list. Others change nothing. */
export function addKey(keys: EarlyKeys, key: string): EarlyKeys {
  if (forTheList.includes(key)) return { ...keys, listKeys: [...keys.listKeys, key] };
  if (key === "Backspace") return { ...keys, text: Array.from(keys.text).slice(0, -1).join("") };
  return Array.from(key).length === 1 ? { ...keys, text: keys.text + key } : keys;
}

/**
 * Keeps what is pressed while `waiting`, and from everyone else, so that nothing is lost or taken
 * for a shortcut. Escape calls it off.
 */
export function useEarlyKeys(waiting: boolean, onEscape: () => void): EarlyKeys {
  const [keys, setKeys] = useState(noKeys);
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key !== "Escape") return setKeys((before) => addKey(before, event.key));
    setKeys(noKeys);
    onEscape();
  });
  useEffect(() => {
    if (!waiting) return;
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, [waiting]);
  return keys;
}
