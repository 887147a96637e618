"use client";
import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
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
  return (
    <nav aria-label={label} className="-mx-1 overflow-x-auto border-b border-line px-1">
      <ul className="flex gap-6">
        {tabs.map((tab) => {
          const current = tab.exact === true ? path === tab.href : path.startsWith(tab.href);
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                aria-current={current ? "page" : undefined}
                className={clsx(
                  "-mb-px flex h-9 items-center gap-1.5 border-b-2 whitespace-nowrap focus-visible:-outline-offset-2",
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
