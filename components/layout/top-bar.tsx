"use client";
import { Search } from "lucide-react";
import { LiveIndicator } from "#components/layout/live-indicator.tsx";
import { Mark } from "#components/layout/mark.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { UserMenu } from "#components/layout/user-menu.tsx";
import { layoutText } from "#components/strings/layout.ts";
import { Key } from "#components/ui/key.tsx";

/** Find, live state, account. */
export function TopBar() {
  const { openPalette } = useShell();
  return (
    <header className="sticky top-0 z-20 flex h-topbar items-center gap-3 border-b border-line bg-bg px-4 md:px-7">
      <Mark className="size-5 shrink-0 text-accent md:hidden" />
      <button
        type="button"
        onClick={openPalette}
        className="flex h-8.5 w-full max-w-95 min-w-0 items-center gap-2 rounded border border-line-strong bg-surface px-2.5 text-ink-3 hover:border-ink-3"
      >
        <Search aria-hidden className="size-4 shrink-0 md:hidden" />
        <span className="min-w-0 flex-1 truncate text-left">
          <span className="max-sm:hidden">{layoutText.find}</span>
          <span className="sm:hidden">{layoutText.findLabel}</span>
        </span>
        <span aria-hidden className="max-md:hidden">
          <Key>⌘K</Key>
        </span>
      </button>
      <div className="ml-auto flex items-center gap-2 md:gap-4">
        <LiveIndicator />
        <UserMenu />
      </div>
    </header>
  );
}
