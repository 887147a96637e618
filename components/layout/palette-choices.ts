"use client";
import { useQuery } from "@tanstack/react-query";
import {
  CircleDot,
  Clock,
  Keyboard,
  LayoutDashboard,
  LogOut,
  Monitor,
  Moon,
  Sun,
  Tag,
  Users,
  type LucideIcon,
} from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { useDeferredValue } from "react";
import { paletteQuery } from "#components/layout/find-for-palette.ts";
import { scoreOf } from "#components/layout/match-words.ts";
import { paletteActs, palettePages, type PalettePage } from "#components/layout/palette-pages.ts";
import { rememberPage, useRecent, type RecentPage } from "#components/layout/recent.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { useSignOut } from "#components/layout/use-sign-out.ts";
import { layoutText } from "#components/strings/layout.ts";
import { paletteText } from "#components/strings/palette.ts";
import { formatCount } from "#components/ui/format.ts";
import type { PaletteFinds } from "#server/services/palette/find.ts";

/** One line of the palette; `id` names it among all of them. */
export type Choice = {
  readonly id: string;
  readonly label: string;
  /** What tells it from others of the same name. */
  readonly aside?: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
};

export type ChoiceGroup = { readonly heading: string; readonly choices: readonly Choice[] };

/** What the palette offers for a text: what was looked at last first, and what the server finds. */
export function usePaletteChoices(text: string): {
  readonly groups: readonly ChoiceGroup[];
  readonly isSearching: boolean;
  readonly hasFailed: boolean;
} {
  // What is known here follows every key, so that Enter means what was typed; the server is asked
  // when the typing pauses.
  const typed = text.trim();
  const wanted = useDeferredValue(typed);
  const router = useRouter();
  const path = usePathname();
  const { user } = useShell();
  const actions = useActions();
  const recent = useRecent(user.email).filter(({ href }) => href !== path);
  const found = useQuery(paletteQuery(wanted));
  const open = (page: RecentPage) => {
    rememberPage(user.email, page);
    router.push(page.href);
  };
  const goes = (kind: string) => (page: PalettePage) => ({
    ...page,
    id: `${kind} ${page.href}`,
    run: () => router.push(page.href),
  });
  const seen = recent.map((page) => goes("recent")({ ...page, icon: Clock }));
  const groups = [
    { heading: paletteText.recent, choices: matching(seen, typed) },
    ...(typed === "" ? [] : foundGroups(found.data, open)),
    {
      heading: layoutText.palettePages,
      choices: matching(palettePages(user.role).map(goes("page")), typed),
    },
    {
      heading: layoutText.paletteActions,
      choices: matching([...paletteActs(user.role).map(goes("act")), ...actions], typed),
    },
  ];
  return {
    groups: groups.filter(({ choices }) => choices.length > 0),
    isSearching: found.isFetching && found.data === undefined,
    hasFailed: found.isError,
  };
}

/** Those that fit, the best first; as they come while nothing is typed. */
function matching(choices: readonly Choice[], wanted: string): readonly Choice[] {
  return choices
    .map((choice) => ({ choice, score: scoreOf(choice.label, wanted) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ choice }) => choice);
}

function foundGroups(
  found: PaletteFinds | undefined,
  open: (page: RecentPage) => void,
): readonly ChoiceGroup[] {
  if (found === undefined) return [];
  const { devices, tags, groups, dashboards } = found;
  return [
    {
      heading: layoutText.paletteDevices,
      choices: devices.map(({ id, name, deviceId }) => ({
        id,
        label: name,
        aside: deviceId,
        icon: CircleDot,
        run: () => open({ href: `/devices/${deviceId}`, label: name }),
      })),
    },
    {
      heading: paletteText.tags,
      choices: tags.map(({ tag, devices: count }) => ({
        id: `tag ${tag}`,
        label: tag,
        aside: count === 1 ? paletteText.taggedOne : paletteText.tagged(formatCount(count)),
        icon: Tag,
        run: () =>
          open({ href: `/devices?${new URLSearchParams({ tag }).toString()}`, label: tag }),
      })),
    },
    {
      heading: paletteText.groups,
      choices: groups.map(({ id, name }) => ({
        id,
        label: name,
        icon: Users,
        run: () => open({ href: `/devices?group=${id}`, label: name }),
      })),
    },
    {
      heading: paletteText.dashboards,
      choices: dashboards.map(({ id, name }) => ({
        id,
        label: name,
        icon: LayoutDashboard,
        run: () => open({ href: `/dashboards/${id}`, label: name }),
      })),
    },
  ];
}

function useActions(): readonly Choice[] {
  const { setTheme, openShortcuts } = useShell();
  const signOut = useSignOut();
  const { paletteLight, paletteDark, paletteSystem, paletteShortcuts, paletteSignOut } = layoutText;
  return [
    { id: "light", label: paletteLight, icon: Sun, run: () => setTheme("light") },
    { id: "dark", label: paletteDark, icon: Moon, run: () => setTheme("dark") },
    { id: "system", label: paletteSystem, icon: Monitor, run: () => setTheme("system") },
    // After this dialog has closed: two at once would fight over the focus.
    {
      id: "shortcuts",
      label: paletteShortcuts,
      icon: Keyboard,
      run: () => setTimeout(openShortcuts, 0),
    },
    { id: "sign-out", label: paletteSignOut, icon: LogOut, run: signOut },
  ];
}
