import type { Metadata } from "next";
import { PasswordCard } from "#components/auth/password-card.tsx";
import { SessionList } from "#components/auth/session-list.tsx";
import { peopleText } from "#components/strings/people.ts";
import { UnitsCard } from "#components/units/units-card.tsx";
import { readPreferences } from "#server/services/preference/read.ts";
import { listOwnSessions } from "#server/services/session/list-own.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: peopleText.account };

export default async function AccountPage() {
  const ctx = await requireSession();
  const [sessions, { units }] = await Promise.all([
    listOwnSessions(ctx, {}),
    readPreferences(ctx, {}),
  ]);
  return (
    <>
      <UnitsCard preference={units} />
      <SessionList sessions={sessions} />
      <PasswordCard personal={[ctx.user.email, ctx.user.name, ctx.organisation.name]} />
    </>
  );
}
