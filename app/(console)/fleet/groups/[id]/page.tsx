import type { Metadata } from "next";
import { DeviceGroupPage } from "#components/group/group-page.tsx";
import { deviceGroupText } from "#components/strings/group.ts";
import { may } from "#server/domain/roles.ts";
import { listGroups } from "#server/services/group/list.ts";
import { listGroupMembers } from "#server/services/group/members.ts";
import { showGroup } from "#server/services/group/show.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: deviceGroupText.page };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function FleetGroupPage({ params }: Props) {
  const ctx = await requireSession();
  const groupId = decodeURIComponent((await params).id);
  const group = await found(showGroup(ctx, { groupId }));
  const [members, profiles, groups] = await Promise.all([
    listGroupMembers(ctx, { groupId, limit: 100 }),
    listProfiles(ctx, {}),
    listGroups(ctx, {}),
  ]);
  return (
    <DeviceGroupPage
      key={group.id}
      first={group}
      members={members}
      names={{ profiles, groups }}
      mayManage={may(ctx.role, "group.manage")}
    />
  );
}
