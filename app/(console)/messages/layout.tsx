import type { ReactNode } from "react";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { MessagesFrame } from "#components/message/messages-frame.tsx";
import { may } from "#server/domain/roles.ts";
import { requireSession } from "#server/web/session.ts";

export default async function MessagesLayout({ children }: { readonly children: ReactNode }) {
  const { role } = await requireSession();
  if (!may(role, "telemetry.view")) return <NoPermission />;
  return <MessagesFrame>{children}</MessagesFrame>;
}
