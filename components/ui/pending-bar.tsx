"use client";
import { useLinkStatus } from "next/link";

/**
 * Inside a link: a line at the top of the window while the page that was asked for is on its way.
 * The page before stays until then, and a page that comes at once shows none of it.
 */
export function PendingBar() {
  const { pending } = useLinkStatus();
  return pending ? <span aria-hidden className="pending-bar" /> : null;
}
