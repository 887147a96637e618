import type { Metadata } from "next";
import { GroupPage } from "#components/enrolment/group-page.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { enrolmentText } from "#components/strings/enrolment.ts";
import { may } from "#server/domain/roles.ts";
import { showEnrolmentGroup } from "#server/services/enrolment/show-group.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: enrolmentText.title };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function OneGroupPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "enrolment.view")) return <NoPermission />;
  const groupId = decodeURIComponent((await params).id);
  const [group, profiles] = await Promise.all([
    found(showEnrolmentGroup(ctx, { groupId })),
    listProfiles(ctx, {}),
  ]);
  return (
    <GroupPage
      key={group.id}
      first={group}
      profiles={profiles.map(({ id, name }) => ({ id, name }))}
      endpoint={deviceEndpoint()}
      mayManage={may(ctx.role, "enrolment.manage")}
    />
  );
}
