import type { ReactNode } from "react";
import { LiveProvider } from "#components/layout/live-provider.tsx";
import { PhoneBar } from "#components/layout/phone-bar.tsx";
import { QueryProvider } from "#components/layout/query-provider.tsx";
import type { ShellUser } from "#components/layout/shell-context.ts";
import { ShellProvider } from "#components/layout/shell-provider.tsx";
import { Sidebar } from "#components/layout/sidebar.tsx";
import type { Theme } from "#components/layout/theme.ts";
import { TopBar } from "#components/layout/top-bar.tsx";
import { layoutText } from "#components/strings/layout.ts";
import { ToastProvider } from "#components/ui/toast.tsx";

/** The frame around every page of the console. */
export function AppShell({
  user,
  theme,
  children,
}: {
  readonly user: ShellUser;
  readonly theme: Theme;
  readonly children: ReactNode;
}) {
  return (
    <QueryProvider>
      <LiveProvider who={`${user.organisation} ${user.email}`}>
        <ToastProvider>
          <ShellProvider user={user} theme={theme}>
            <a
              href="#content"
              className="fixed top-2 left-2 z-60 -translate-y-20 rounded bg-accent px-3 py-2 font-medium text-accent-ink focus:translate-y-0"
            >
              {layoutText.skipToContent}
            </a>
            <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)]">
              <Sidebar />
              <div className="flex min-w-0 flex-col">
                <TopBar />
                <main
                  id="content"
                  tabIndex={-1}
                  className="mx-auto w-full max-w-360 flex-1 px-4 pt-5 pb-24 outline-none md:px-7 md:pt-6 md:pb-12"
                >
                  {children}
                </main>
              </div>
            </div>
            <PhoneBar />
          </ShellProvider>
        </ToastProvider>
      </LiveProvider>
    </QueryProvider>
  );
}
