import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AppShell } from "#components/layout/app-shell.tsx";
import { readTheme } from "#components/layout/theme.ts";
import { requireSession } from "#server/web/session.ts";

export default async function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  const { user, organisation } = await requireSession();
  const theme = readTheme((await cookies()).get("theme")?.value);
  return (
    <AppShell
      user={{
        name: user.name,
        email: user.email,
        role: user.role,
        organisation: organisation.name,
      }}
      theme={theme}
    >
      {children}
    </AppShell>
  );
}
