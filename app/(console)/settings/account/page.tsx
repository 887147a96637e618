import type { Metadata } from "next";
import { PasswordCard } from "#components/auth/password-card.tsx";
import { SessionList } from "#components/auth/session-list.tsx";
import { peopleText } from "#components/strings/people.ts";
import { listOwnSessions } from "#server/services/session/list-own.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: peopleText.account };

export default async function AccountPage() {
  const ctx = await requireSession();
  const sessions = await listOwnSessions(ctx, {});
  return (
    <>
      <SessionList sessions={sessions} />
      <PasswordCard personal={[ctx.user.email, ctx.user.name, ctx.organisation.name]} />
    </>
  );
}
