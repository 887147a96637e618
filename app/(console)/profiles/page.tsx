import type { Metadata } from "next";
import { ProfileList } from "#components/profile/profile-list.tsx";
import { profileText } from "#components/strings/profile.ts";
import { may } from "#server/domain/roles.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: profileText.title };

export default async function ProfilesPage() {
  const ctx = await requireSession();
  const profiles = await listProfiles(ctx, {});
  return <ProfileList profiles={profiles} mayManage={may(ctx.role, "profile.manage")} />;
}
