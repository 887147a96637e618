import type { Metadata } from "next";
import { DeviceGroupList } from "#components/group/group-list.tsx";
import { deviceGroupText } from "#components/strings/group.ts";
import { may } from "#server/domain/roles.ts";
import { listGroups } from "#server/services/group/list.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: deviceGroupText.title };

export default async function FleetGroupsPage() {
  const ctx = await requireSession();
  const [groups, profiles] = await Promise.all([listGroups(ctx, {}), listProfiles(ctx, {})]);
  return (
    <DeviceGroupList
      first={groups}
      profiles={profiles.map(({ id, name }) => ({ id, name }))}
      mayManage={may(ctx.role, "group.manage")}
    />
  );
}
