"use client";
import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { PendingBar } from "#components/ui/pending-bar.tsx";

/** Tabs that are pages: links, the current one marked. `exact` for a tab whose path prefixes others. */
export function TabLinks({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly {
    readonly href: string;
    readonly label: string;
    readonly count?: string;
    readonly exact?: boolean;
  }[];
}) {
  const path = usePathname();
  const strip = useRef<HTMLUListElement>(null);
  // On a phone the strip is wider than the page: the tab that is open must be in sight.
  useEffect(() => {
    const list = strip.current;
    const tab = list?.querySelector("[aria-current]");
    if (list === null || !(tab instanceof HTMLElement)) return;
    list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;
  }, [path]);
  return (
    <nav aria-label={label} className="border-b border-line">
      <ul ref={strip} className="fade-end relative -mb-px flex gap-6 overflow-x-auto">
        {tabs.map((tab) => {
          const current = tab.exact === true ? path === tab.href : path.startsWith(tab.href);
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                aria-current={current ? "page" : undefined}
                className={clsx(
                  "flex h-9 items-center gap-1.5 border-b-2 whitespace-nowrap focus-visible:-outline-offset-2",
                  current
                    ? "border-accent font-semibold text-ink"
                    : "border-transparent text-ink-2 hover:text-ink",
                )}
              >
                {tab.label}
                {tab.count !== undefined && (
                  <span className="text-sm font-normal text-ink-3">{tab.count}</span>
                )}
                <PendingBar />
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
