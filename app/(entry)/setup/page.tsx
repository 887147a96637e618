import type { Metadata } from "next";
import { SetupDone } from "#components/auth/setup-done.tsx";
import { SetupLink } from "#components/auth/setup-form.tsx";
import { authText } from "#components/strings/auth.ts";
import { setupIsOpen } from "#server/web/setup-state.ts";

export const metadata: Metadata = { title: authText.setupTitle };

export default async function SetupPage() {
  return (await setupIsOpen()) ? <SetupLink /> : <SetupDone />;
}
