"use client";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { CommandPalette } from "#components/layout/command-palette.tsx";
import { navigationFor } from "#components/layout/navigation.ts";
import { readShortcut } from "#components/layout/read-shortcut.ts";
import { ShellContext, type Shell, type ShellUser } from "#components/layout/shell-context.ts";
import { ShortcutsDialog } from "#components/layout/shortcuts-dialog.tsx";
import { useSingleKeys } from "#components/layout/single-keys.ts";
import { themes, type Theme } from "#components/layout/theme.ts";
import type { Role } from "#server/domain/roles.ts";

function applyTheme(theme: Theme) {
  document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

/** Palette, shortcuts and theme of the console. */
export function ShellProvider({
  user,
  theme: first,
  children,
}: {
  readonly user: ShellUser;
  readonly theme: Theme;
  readonly children: ReactNode;
}) {
  const [theme, setTheme] = useState(first);
  const [open, setOpen] = useState<"palette" | "shortcuts" | null>(null);
  useKeyboard(user.role, setOpen);
  const shell: Shell = {
    user,
    theme,
    setTheme(name) {
      const next = themes.find((each) => each === name) ?? "system";
      applyTheme(next);
      setTheme(next);
    },
    openPalette: () => setOpen("palette"),
    openShortcuts: () => setOpen("shortcuts"),
  };
  return (
    <ShellContext value={shell}>
      {children}
      <CommandPalette
        open={open === "palette"}
        onOpenChange={(is) => setOpen(is ? "palette" : null)}
      />
      <ShortcutsDialog
        open={open === "shortcuts"}
        onOpenChange={(is) => setOpen(is ? "shortcuts" : null)}
      />
    </ShellContext>
  );
}

/** The console's shortcuts on the whole document. */
function useKeyboard(role: Role, setOpen: (what: "palette" | "shortcuts") => void) {
  const router = useRouter();
  const [singleKeys] = useSingleKeys();
  const [started, setStarted] = useState(0);
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const wanted = readShortcut(event, { singleKeys, afterG: event.timeStamp - started < 1_200 });
    if (wanted === undefined) return;
    if (wanted.kind === "sequence") {
      setStarted(event.timeStamp);
      return;
    }
    if (wanted.kind === "go") {
      const entries = navigationFor(role).flatMap((part) => part.entries);
      const entry = entries.find((each) => each.key === wanted.key);
      setStarted(0);
      if (entry !== undefined) router.push(entry.href);
      return;
    }
    if (wanted.kind === "filter") {
      const filter = document.querySelector<HTMLElement>("[data-page-filter]");
      if (filter === null) return;
      event.preventDefault();
      filter.focus();
      return;
    }
    event.preventDefault();
    setOpen(wanted.kind);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
