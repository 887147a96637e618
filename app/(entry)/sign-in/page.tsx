import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { EntryCard } from "#components/auth/entry-card.tsx";
import { SignInForm } from "#components/auth/sign-in-form.tsx";
import { authText } from "#components/strings/auth.ts";
import { returnPath } from "#server/web/return-path.ts";
import { currentSession } from "#server/web/session.ts";
import { setupIsOpen } from "#server/web/setup-state.ts";

export const metadata: Metadata = { title: authText.signInTitle };

export default async function SignInPage({
  searchParams,
}: {
  readonly searchParams: Promise<{ readonly next?: string | string[] }>;
}) {
  const wanted = (await searchParams).next;
  const next = returnPath(typeof wanted === "string" ? wanted : null);
  if ((await currentSession()) !== undefined) redirect(next);
  if (await setupIsOpen()) {
    return <EntryCard title={authText.notSetUpTitle} intro={authText.notSetUp} />;
  }
  return (
    <EntryCard title={authText.signInTitle}>
      <SignInForm next={next} />
    </EntryCard>
  );
}
