import type { ReactNode } from "react";
import { SettingsFrame } from "#components/people/settings-frame.tsx";
import { requireSession } from "#server/web/session.ts";

export default async function SettingsLayout({ children }: { readonly children: ReactNode }) {
  const { role } = await requireSession();
  return <SettingsFrame role={role}>{children}</SettingsFrame>;
}
