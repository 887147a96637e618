"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CampaignDetails } from "#components/campaign/campaign-details.tsx";
import { CampaignDevices } from "#components/campaign/campaign-devices.tsx";
import { CampaignHeader } from "#components/campaign/campaign-header.tsx";
import { CampaignProgress } from "#components/campaign/campaign-progress.tsx";
import { campaignKey, campaignQuery } from "#components/campaign/campaign-queries.ts";
import { CampaignWaves } from "#components/campaign/campaign-waves.tsx";
import { PreviewCard } from "#components/campaign/preview-step.tsx";
import { campaignPageText } from "#components/strings/campaign.ts";
import { ErrorNote } from "#components/ui/error-state.tsx";
import type { CampaignView } from "#server/services/campaign/view.ts";

/** One campaign: how far it is, which devices have not renewed, and what its reader can do about it. */
export function CampaignPage({ first }: { readonly first: CampaignView }) {
  const { data: campaign, error } = useQuery(campaignQuery(first));
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: campaignKey(first.id) });
  const isPlan = campaign.startedAt === null;
  return (
    <>
      <CampaignHeader campaign={campaign} onChange={refresh} />
      <div className="flex flex-col gap-4">
        {error !== null && <ErrorNote>{error.message}</ErrorNote>}
        {campaign.state === "halted" && (
          <ErrorNote remedy={campaignPageText.haltedRemedy}>{campaign.haltedFor}</ErrorNote>
        )}
        {campaign.state === "draft" && <PreviewCard target={campaign.target} />}
        {!isPlan && <CampaignProgress campaign={campaign} />}
        <CampaignWaves campaign={campaign} />
        {!isPlan && <CampaignDevices campaign={campaign} />}
        <CampaignDetails campaign={campaign} />
      </div>
    </>
  );
}
