import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ProfilePage } from "#components/profile/profile-page.tsx";
import { may } from "#server/domain/roles.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { showProfile } from "#server/services/profile/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function OneProfilePage({ params }: Props) {
  const ctx = await requireSession();
  const name = decodeURIComponent((await params).name);
  const named = (await listProfiles(ctx, {})).find((each) => each.name === name);
  if (named === undefined) notFound();
  const profile = await found(showProfile(ctx, { profileId: named.id }));
  return (
    <ProfilePage
      profile={profile}
      mayManage={may(ctx.role, "profile.manage")}
      mayOnboard={may(ctx.role, "device.manage")}
    />
  );
}
