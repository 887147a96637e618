"use client";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { noKeys, useEarlyKeys } from "#components/layout/early-keys.ts";
import { navigationFor } from "#components/layout/navigation.ts";
import { readShortcut } from "#components/layout/read-shortcut.ts";
import { rememberPage } from "#components/layout/recent.ts";
import { ShellContext, type Shell, type ShellUser } from "#components/layout/shell-context.ts";
import { ShortcutsDialog } from "#components/layout/shortcuts-dialog.tsx";
import { useSingleKeys } from "#components/layout/single-keys.ts";
import { themes, type Theme } from "#components/layout/theme.ts";
import { dialogShell } from "#components/ui/dialog.tsx";
import { later, LaterPart, loadAtRest, useLater } from "#components/ui/later.ts";
import { menuSurface } from "#components/ui/menu.tsx";
import { popoverSurface } from "#components/ui/popover.tsx";
import { toastStack } from "#components/ui/toast.tsx";
import type { Role } from "#server/domain/roles.ts";

const commandPalette = later(
  async () => (await import("#components/layout/command-palette.tsx")).CommandPalette,
);

/** In the order in which they are likely to be asked for. */
const atRest = [menuSurface, dialogShell, popoverSurface, commandPalette, toastStack] as const;

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
  useRememberPages(user.email);
  useEffect(() => loadAtRest(atRest), []);
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
      <PaletteDoor
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

/** The palette, which is loaded when it is first asked for: what is typed until then is kept. */
function PaletteDoor(frame: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}) {
  const close = () => frame.onOpenChange(false);
  const isThere = useLater(commandPalette, frame.open, close) !== undefined;
  const keys = useEarlyKeys(frame.open && !isThere, close);
  const [wasEarly, setWasEarly] = useState(false);
  // What was typed early is for the first opening only.
  if (frame.open && !isThere && !wasEarly) setWasEarly(true);
  if (!frame.open && isThere && wasEarly) setWasEarly(false);
  return (
    <LaterPart
      of={commandPalette}
      needed={false}
      props={{ ...frame, early: wasEarly ? keys : noKeys }}
    />
  );
}

function focusFilter(event: KeyboardEvent) {
  const filter = document.querySelector<HTMLElement>("[data-page-filter]");
  if (filter === null) return;
  event.preventDefault();
  filter.focus();
}

/** From a row to the next one, as its own keys do; from elsewhere to the table's row in turn. */
function moveInTable(event: KeyboardEvent, key: string) {
  const { target } = event;
  const row = target instanceof HTMLElement ? target.closest("[data-row-opener]") : null;
  if (row !== null) {
    event.preventDefault();
    row.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    return;
  }
  const inTurn = document.querySelector<HTMLElement>('main [data-row-opener][tabindex="0"]');
  if (inTurn === null || key === " ") return;
  event.preventDefault();
  inTurn.focus();
}

/** Keeps the pages that were looked at, by the title that each has once it is there. */
function useRememberPages(who: string) {
  const path = usePathname();
  useEffect(() => {
    const timer = setTimeout(() => {
      // A device's page has its id for a title, and its name for a heading.
      const heading = path.startsWith("/devices/") ? document.querySelector("main h1") : null;
      const label = heading?.textContent ?? document.title.split(" · ")[0] ?? "";
      if (label !== "" && path !== "/") rememberPage(who, { href: path, label });
    }, 300);
    return () => clearTimeout(timer);
  }, [who, path]);
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
    if (wanted.kind === "filter") return focusFilter(event);
    if (wanted.kind === "row") return moveInTable(event, wanted.key);
    event.preventDefault();
    setOpen(wanted.kind);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
