"use client";
import clsx from "clsx";
import { Menu } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { NavigationLink } from "#components/layout/navigation-link.tsx";
import { isCurrent, navigationFor, type NavigationEntry } from "#components/layout/navigation.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { layoutText } from "#components/strings/layout.ts";
import { Drawer } from "#components/ui/dialog.tsx";

const tabLook =
  "flex h-14 w-full flex-col items-center justify-center gap-0.5 text-2xs focus-visible:-outline-offset-2";

/** The four first pages at the thumb, the rest behind "More". */
export function PhoneBar() {
  const { user } = useShell();
  const path = usePathname();
  const [open, setOpen] = useState(false);
  const entries = navigationFor(user.role).flatMap((part) => part.entries);
  return (
    <>
      <nav
        aria-label={layoutText.navigation}
        className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        <ul className="flex">
          {entries.slice(0, 4).map((entry) => (
            <PhoneTab key={entry.href} entry={entry} current={isCurrent(entry, path)} />
          ))}
          <li className="min-w-0 flex-1">
            <button
              type="button"
              className={clsx(tabLook, "text-ink-2")}
              onClick={() => setOpen(true)}
            >
              <Menu aria-hidden className="size-5" strokeWidth={1.75} />
              {layoutText.more}
            </button>
          </li>
        </ul>
      </nav>
      <Drawer
        open={open}
        onOpenChange={setOpen}
        title={user.organisation}
        description={layoutText.moreTitle}
      >
        <ul className="flex flex-col gap-1">
          {entries.map((entry) => (
            <li key={entry.href}>
              <NavigationLink
                entry={entry}
                current={isCurrent(entry, path)}
                onNavigate={() => setOpen(false)}
              />
            </li>
          ))}
        </ul>
      </Drawer>
    </>
  );
}

function PhoneTab({
  entry,
  current,
}: {
  readonly entry: NavigationEntry;
  readonly current: boolean;
}) {
  const Icon = entry.icon;
  return (
    <li className="min-w-0 flex-1">
      <Link
        href={entry.href}
        aria-current={current ? "page" : undefined}
        className={clsx(tabLook, current ? "font-semibold text-accent" : "text-ink-2")}
      >
        <Icon aria-hidden className="size-5" strokeWidth={1.75} />
        {entry.label}
      </Link>
    </li>
  );
}
