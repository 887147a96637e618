import type { Metadata } from "next";
import { GroupList } from "#components/dead-letter/group-list.tsx";
import { groupViewFrom, groupViewParams } from "#components/dead-letter/group-view.ts";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { deadLetterText } from "#components/strings/dead-letter.ts";
import { may } from "#server/domain/roles.ts";
import { listDeadLetterGroups } from "#server/services/dead-letter/list-groups.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: deadLetterText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function DeadLettersPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "deadLetter.view")) return <NoPermission />;
  const search = await searchParams;
  const view = groupViewFrom({ get: (name) => [search[name]].flat()[0] ?? null });
  const { direction, q, state } = view;
  const page = await listDeadLetterGroups(ctx, {
    state,
    ...(direction !== "" && { direction }),
    ...(q !== "" && { q }),
  });
  return <GroupList first={{ view: groupViewParams(view).toString(), page }} />;
}
