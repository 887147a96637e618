import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AppShell } from "#components/layout/app-shell.tsx";
import { readTheme } from "#components/layout/theme.ts";
import { UnitsProvider } from "#components/units/units-provider.tsx";
import { readPreferences } from "#server/services/preference/read.ts";
import { WorkNotices } from "#components/work/work-notices.tsx";
import { requireSession } from "#server/web/session.ts";

export default async function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  const ctx = await requireSession();
  const { user, organisation } = ctx;
  const { units } = await readPreferences(ctx, {});
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
      <UnitsProvider preference={units}>{children}</UnitsProvider>
      <WorkNotices />
    </AppShell>
  );
}
