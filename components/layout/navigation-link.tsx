import clsx from "clsx";
import Link from "next/link";
import { OpenAlertsBadge } from "#components/alert/alert-counts.tsx";
import type { NavigationEntry } from "#components/layout/navigation.ts";
import { PendingBar } from "#components/ui/pending-bar.tsx";

/** One entry of the navigation: icon and word. */
export function NavigationLink({
  entry,
  current,
  onNavigate,
}: {
  readonly entry: NavigationEntry;
  readonly current: boolean;
  readonly onNavigate?: () => void;
}) {
  const Icon = entry.icon;
  return (
    <Link
      href={entry.href}
      aria-current={current ? "page" : undefined}
      {...(onNavigate !== undefined && { onClick: onNavigate })}
      className={clsx(
        "flex h-8 items-center gap-2.5 rounded px-2.5 transition-colors duration-100 max-md:h-11",
        current
          ? "bg-accent-soft font-semibold text-accent"
          : "text-ink-2 hover:bg-line/60 hover:text-ink",
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      {entry.label}
      {entry.href === "/alerts" && <OpenAlertsBadge />}
      <PendingBar />
    </Link>
  );
}
