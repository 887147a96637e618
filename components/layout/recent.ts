"use client";
import { useSyncExternalStore } from "react";

/** A page that was looked at. */
export type RecentPage = { readonly href: string; readonly label: string };

const storageKey = "quayside.recent";
const kept = 8;
const none: readonly RecentPage[] = [];
const listeners = new Set<() => void>();
/** What was read last, by its text: the same list as long as nothing changes. */
let read: { readonly text: string; readonly pages: readonly RecentPage[] } = {
  text: "",
  pages: none,
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function readRecent(who: string): readonly RecentPage[] {
  const text = localStorage.getItem(storageKey) ?? "";
  if (text !== read.text) read = { text, pages: pagesIn(text, who) };
  return read.pages;
}

/** What another person left behind, or somebody wrote by hand, is nothing. */
function pagesIn(text: string, who: string): readonly RecentPage[] {
  try {
    const stored = JSON.parse(text) as { readonly who?: unknown; readonly pages?: unknown };
    return stored.who === who && Array.isArray(stored.pages) ? stored.pages.filter(isPage) : none;
  } catch {
    return none;
  }
}

function isPage(page: unknown): page is RecentPage {
  if (typeof page !== "object" || page === null) return false;
  const { href, label } = page as Partial<RecentPage>;
  return typeof href === "string" && href.startsWith("/") && typeof label === "string";
}

/** Puts a page in front of those that were looked at, in this browser and for this person. */
export function rememberPage(who: string, page: RecentPage): void {
  const others = readRecent(who).filter(({ href }) => href !== page.href);
  const pages = [page, ...others].slice(0, kept);
  localStorage.setItem(storageKey, JSON.stringify({ who, pages }));
  for (const listener of listeners) listener();
}

/** Forgets them: names of devices are not for whoever comes next. */
export function forgetRecent(): void {
  localStorage.removeItem(storageKey);
  for (const listener of listeners) listener();
}

/** The pages that this person looked at last, the newest first. */
export function useRecent(who: string): readonly RecentPage[] {
  return useSyncExternalStore(
    subscribe,
    () => readRecent(who),
    () => none,
  );
}
