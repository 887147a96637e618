import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { CampaignPage } from "#components/campaign/campaign-page.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { campaignText } from "#components/strings/campaign.ts";
import { may } from "#server/domain/roles.ts";
import { campaignRefSchema } from "#server/services/campaign/schemas.ts";
import { showCampaign } from "#server/services/campaign/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: campaignText.title };

type Props = { readonly params: Promise<{ readonly id: string }> };

export default async function OneCampaignPage({ params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "certificate.view")) return <NoPermission />;
  const { id } = await params;
  const asked = campaignRefSchema.safeParse({ campaignId: id });
  if (!asked.success) notFound();
  return <CampaignPage first={await found(showCampaign(ctx, asked.data))} />;
}
