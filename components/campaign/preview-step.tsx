"use client";
import { useQuery } from "@tanstack/react-query";
import { campaignPreviewQuery } from "#components/campaign/campaign-queries.ts";
import { Meets } from "#components/campaign/meets.tsx";
import { campaignWizardText } from "#components/strings/campaign.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CampaignTarget } from "#server/domain/campaign.ts";

/** Step 2: what the campaign would meet. */
export function PreviewStep({
  target,
  onBack,
  onNext,
}: {
  readonly target: CampaignTarget;
  readonly onBack: () => void;
  readonly onNext: () => void;
}) {
  const query = useQuery(campaignPreviewQuery(target));
  const taken = query.data?.taken ?? 0;
  return (
    <div className="flex flex-col gap-4">
      <PreviewCard target={target} />
      <div className="flex gap-2">
        <Button onClick={onBack}>{campaignWizardText.back}</Button>
        <Button variant="primary" disabled={taken === 0} onClick={onNext}>
          {campaignWizardText.next}
        </Button>
      </div>
    </div>
  );
}

/** What a campaign with the target would meet now. */
export function PreviewCard({ target }: { readonly target: CampaignTarget }) {
  const query = useQuery(campaignPreviewQuery(target));
  return (
    <Card labelledBy="meets">
      <CardHeader id="meets" title={campaignWizardText.meetsTitle} />
      {query.isPending && (
        <CardBody>
          <Skeleton className="h-40" />
        </CardBody>
      )}
      {query.isError && (
        <ErrorState title={campaignWizardText.previewFailed} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      )}
      {query.data !== undefined && <Meets preview={query.data} />}
    </Card>
  );
}
