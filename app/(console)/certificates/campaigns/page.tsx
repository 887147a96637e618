import type { Metadata } from "next";
import { CampaignList } from "#components/campaign/campaign-list.tsx";
import { CertificatesFrame } from "#components/certificate/certificates-frame.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { campaignText } from "#components/strings/campaign.ts";
import { may } from "#server/domain/roles.ts";
import { listCampaigns } from "#server/services/campaign/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: campaignText.title };

export default async function CampaignsPage() {
  const ctx = await requireSession();
  if (!may(ctx.role, "certificate.view")) return <NoPermission />;
  return (
    <CertificatesFrame role={ctx.role}>
      <CampaignList
        mayPlan={may(ctx.role, "certificate.rotate")}
        first={await listCampaigns(ctx, {})}
      />
    </CertificatesFrame>
  );
}
