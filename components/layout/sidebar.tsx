"use client";
import { usePathname } from "next/navigation";
import { Mark } from "#components/layout/mark.tsx";
import { NavigationLink } from "#components/layout/navigation-link.tsx";
import { isCurrent, navigationFor } from "#components/layout/navigation.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { layoutText } from "#components/strings/layout.ts";

/** The navigation's three parts, beside the page from tablet width on. */
export function Sidebar() {
  const { user } = useShell();
  const path = usePathname();
  return (
    <nav
      aria-label={layoutText.navigation}
      className="sticky top-0 hidden h-dvh flex-col gap-3 overflow-y-auto border-r border-line bg-sunken px-2.5 py-4 md:flex"
    >
      <div className="flex items-center gap-3 px-2">
        <Mark className="size-5 text-accent" />
        <span className="text-lg leading-6 font-semibold text-ink">{layoutText.product}</span>
      </div>
      <p
        className="truncate rounded border border-line bg-surface px-2.5 py-1.5 font-medium text-ink"
        title={user.organisation}
      >
        {user.organisation}
      </p>
      <div className="flex flex-col gap-4">
        {navigationFor(user.role).map((part) => (
          <div key={part.title ?? ""}>
            {part.title !== null && <p className="px-2 pb-1.5 text-xs text-ink-3">{part.title}</p>}
            <ul className="flex flex-col gap-0.5">
              {part.entries.map((entry) => (
                <li key={entry.href}>
                  <NavigationLink entry={entry} current={isCurrent(entry, path)} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  );
}
