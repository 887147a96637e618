import type { Metadata } from "next";
import { askedTarget } from "#components/campaign/asked-target.ts";
import { CampaignWizard } from "#components/campaign/campaign-wizard.tsx";
import { campaignWizardText } from "#components/strings/campaign.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { may } from "#server/domain/roles.ts";
import { campaignChoices } from "#server/services/campaign/choices.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: campaignWizardText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function NewCampaignPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "certificate.rotate")) {
    return (
      <EmptyState isPage title={campaignWizardText.forbiddenTitle}>
        {campaignWizardText.forbiddenText}
      </EmptyState>
    );
  }
  const choices = await campaignChoices(ctx, {});
  return <CampaignWizard choices={choices} first={askedTarget(await searchParams, choices)} />;
}
