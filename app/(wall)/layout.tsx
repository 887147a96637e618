import type { ReactNode } from "react";
import { LiveProvider } from "#components/layout/live-provider.tsx";
import { QueryProvider } from "#components/layout/query-provider.tsx";
import { ToastProvider } from "#components/ui/toast.tsx";
import { requireSession } from "#server/web/session.ts";

/** What hangs on a wall has nothing around it. */
export default async function WallLayout({ children }: { readonly children: ReactNode }) {
  const { user, organisation } = await requireSession();
  return (
    <QueryProvider>
      <LiveProvider who={`${organisation.name} ${user.email}`}>
        <ToastProvider>{children}</ToastProvider>
      </LiveProvider>
    </QueryProvider>
  );
}
