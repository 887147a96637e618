"use client";
import { ChevronDown, CircleUser, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import type { ComponentProps } from "react";
import { useRouter } from "next/navigation";
import { useShell } from "#components/layout/shell-context.ts";
import { useSignOut } from "#components/layout/use-sign-out.ts";
import { layoutText } from "#components/strings/layout.ts";
import { Menu, MenuItem, MenuRadioGroup, MenuSeparator } from "#components/ui/menu.tsx";
import { roleNames } from "#server/domain/roles.ts";

const icon = "size-4 text-ink-3";

/** Who is signed in, light or dark, shortcuts, sign out. */
export function UserMenu() {
  const { user, theme, setTheme, openShortcuts } = useShell();
  const signOut = useSignOut();
  const router = useRouter();
  return (
    <Menu trigger={<AccountButton name={user.name} />}>
      <div className="px-2.5 py-1.5">
        <p className="font-medium text-ink">{user.name}</p>
        <p className="text-sm text-ink-2">{user.email}</p>
        <p className="text-sm text-ink-3">{roleNames[user.role]}</p>
      </div>
      <MenuSeparator />
      <MenuRadioGroup
        label={layoutText.theme}
        value={theme}
        onValueChange={setTheme}
        options={[
          {
            value: "system",
            label: layoutText.themeSystem,
            icon: <Monitor aria-hidden className={icon} />,
          },
          {
            value: "light",
            label: layoutText.themeLight,
            icon: <Sun aria-hidden className={icon} />,
          },
          {
            value: "dark",
            label: layoutText.themeDark,
            icon: <Moon aria-hidden className={icon} />,
          },
        ]}
      />
      <MenuSeparator />
      <MenuItem
        onSelect={() => router.push("/settings/account")}
        icon={<CircleUser aria-hidden className={icon} />}
      >
        {layoutText.ownAccount}
      </MenuItem>
      <MenuItem onSelect={openShortcuts} icon={<Keyboard aria-hidden className={icon} />}>
        {layoutText.shortcuts}
      </MenuItem>
      <MenuItem onSelect={signOut} icon={<LogOut aria-hidden className={icon} />}>
        {layoutText.signOut}
      </MenuItem>
    </Menu>
  );
}

/** Takes what the menu gives its trigger. */
function AccountButton({ name, ...rest }: ComponentProps<"button"> & { readonly name: string }) {
  return (
    <button
      {...rest}
      type="button"
      aria-label={layoutText.account(name)}
      className="flex h-8.5 items-center gap-1.5 rounded px-1.5 text-ink-2 hover:text-ink"
    >
      <span
        aria-hidden
        className="flex size-6 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
      >
        {name.slice(0, 1).toUpperCase()}
      </span>
      <span className="max-w-40 truncate max-md:hidden">{name}</span>
      <ChevronDown aria-hidden className="size-3.5 text-ink-3 max-md:hidden" />
    </button>
  );
}
