"use client";
import { createContext, useContext } from "react";
import type { Theme } from "#components/layout/theme.ts";
import type { Role } from "#server/domain/roles.ts";

export type ShellUser = {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly organisation: string;
};

export type Shell = {
  readonly user: ShellUser;
  readonly theme: Theme;
  readonly setTheme: (theme: string) => void;
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
};

export const ShellContext = createContext<Shell | null>(null);

/** The shell around this component: user, theme, palette. Only inside AppShell. */
export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === null) throw new Error("useShell is only known inside AppShell.");
  return shell;
}
