import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { GroupPage } from "#components/dead-letter/group-page.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { deadLetterText } from "#components/strings/dead-letter.ts";
import { may } from "#server/domain/roles.ts";
import { deadLetterGroupShowSchema } from "#server/services/dead-letter/schemas.ts";
import { showDeadLetterGroup } from "#server/services/dead-letter/show-group.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: deadLetterText.title };

type Props = { readonly params: Promise<{ readonly fingerprint: string }> };

export default async function DeadLetterGroupPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "deadLetter.view")) return <NoPermission />;
  // An address that cannot be a group's is one that does not exist.
  const asked = deadLetterGroupShowSchema.safeParse(await params);
  if (!asked.success) notFound();
  return <GroupPage first={await found(showDeadLetterGroup(ctx, asked.data))} />;
}
