"use client";
import { useSyncExternalStore } from "react";

/** Work that this browser's reader began and wants to hear of when it ends. */
export type WatchedWork = { readonly kind: "bulk" | "export"; readonly id: string };

const key = "quayside.work";
const changed = "quayside:work";
/** Older ones are given up. */
const most = 20;

function readText(): string {
  try {
    return sessionStorage.getItem(key) ?? "[]";
  } catch {
    // A browser that keeps nothing for the page: then there are no notices.
    return "[]";
  }
}

function parse(text: string): readonly WatchedWork[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.filter(isWatched) : [];
  } catch {
    return [];
  }
}

function isWatched(value: unknown): value is WatchedWork {
  if (typeof value !== "object" || value === null) return false;
  const kind: unknown = Reflect.get(value, "kind");
  return (kind === "bulk" || kind === "export") && typeof Reflect.get(value, "id") === "string";
}

function write(works: readonly WatchedWork[]): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(works.slice(-most)));
  } catch {
    return;
  }
  globalThis.dispatchEvent(new Event(changed));
}

/** Says so in a toast when the work has ended, on whichever page of this tab the reader is by then. */
export function watchWork(work: WatchedWork): void {
  write([...parse(readText()).filter(({ id }) => id !== work.id), work]);
}

/** It has ended, or nobody can say. */
export function forgetWork(id: string): void {
  write(parse(readText()).filter((work) => work.id !== id));
}

function subscribe(onChange: () => void): () => void {
  globalThis.addEventListener(changed, onChange);
  return () => globalThis.removeEventListener(changed, onChange);
}

/** What is watched in this tab. */
export function useWatchedWork(): readonly WatchedWork[] {
  return parse(useSyncExternalStore(subscribe, readText, () => "[]"));
}
