import type { Metadata } from "next";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { transferText } from "#components/strings/transfer.ts";
import { ClaimPage } from "#components/transfer/claim-page.tsx";
import { may } from "#server/domain/roles.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: transferText.claimTitle };

export default async function OnboardClaimPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "device.transfer")) return <NoPermission />;
  const profiles = await listProfiles(ctx, {});
  return <ClaimPage profiles={profiles.map(({ id, name, open }) => ({ id, name, open }))} />;
}
