import { partsOf } from "#components/campaign/campaign-state.ts";
import { ShareBar } from "#components/charts/share-bar.tsx";
import { campaignPageText } from "#components/strings/campaign.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { CampaignView } from "#server/services/campaign/view.ts";

/** How many devices are where, and what the campaign does or waits for. */
export function CampaignProgress({ campaign }: { readonly campaign: CampaignView }) {
  const { counts, total } = campaign;
  return (
    <Card labelledBy="progress">
      <CardHeader id="progress" title={campaignPageText.progress} />
      <CardBody>
        <p className="mb-3 text-lg font-semibold" data-renewed={counts.renewed} aria-live="polite">
          {campaignPageText.renewedOf(
            formatCount(counts.renewed),
            formatCount(total - counts.skipped),
          )}
        </p>
        <ShareBar parts={partsOf(counts)} />
        <p className="mt-3 text-ink-2">
          <Doing campaign={campaign} />
        </p>
      </CardBody>
    </Card>
  );
}

function Doing({ campaign }: { readonly campaign: CampaignView }) {
  const { state, waitsFor, waitsUntil, isOrphaned } = campaign;
  if (state === "done" || state === "cancelled") return campaignPageText.ended[state];
  if (state !== "running") return campaignPageText.standsStill;
  if (isOrphaned) return campaignPageText.orphaned;
  if (waitsFor === null) return campaignPageText.asks;
  if (waitsFor !== "soak") return campaignPageText.waits[waitsFor];
  return (
    <>
      {campaignPageText.waits.soak} <RelativeTime value={waitsUntil} />.
    </>
  );
}
