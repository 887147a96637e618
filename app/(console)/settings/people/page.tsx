import type { Metadata } from "next";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { PeopleList } from "#components/people/people-list.tsx";
import { peopleText } from "#components/strings/people.ts";
import { may } from "#server/domain/roles.ts";
import { listUsers } from "#server/services/user/list.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: peopleText.people };

export default async function PeoplePage() {
  const ctx = await requireSession();
  const people = await permitted(listUsers(ctx, {}));
  if (people === undefined) return <NoPermission />;
  return <PeopleList {...people} ownId={ctx.user.id} mayManage={may(ctx.role, "people.manage")} />;
}
