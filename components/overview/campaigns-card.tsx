import Link from "next/link";
import { campaignTones } from "#components/campaign/campaign-state.ts";
import { campaignText } from "#components/strings/campaign.ts";
import { overviewText } from "#components/strings/overview.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { OverviewView } from "#server/services/overview/show.ts";

/** Rotation campaigns that are under way, and how far they are. */
export function CampaignsCard({ campaigns }: { readonly campaigns: OverviewView["campaigns"] }) {
  return (
    <Card labelledBy="overview-campaigns">
      <CardHeader
        id="overview-campaigns"
        title={overviewText.campaigns}
        aside={
          <Link href="/certificates/campaigns" className="text-accent hover:underline">
            {overviewText.campaignsAll}
          </Link>
        }
      />
      <ul>
        {campaigns.map(({ id, name, state, devices, renewed, failed }) => (
          <li key={id} className="border-b border-line px-3.5 py-2.5 last:border-b-0">
            <p className="flex items-baseline gap-3">
              <Link
                href={`/certificates/campaigns/${id}`}
                className="min-w-0 flex-1 truncate font-medium hover:underline"
              >
                {name}
              </Link>
              <StateBadge tone={campaignTones[state]}>{campaignText.states[state]}</StateBadge>
            </p>
            <progress
              aria-label={overviewText.campaignProgress(name)}
              value={renewed}
              max={Math.max(devices, 1)}
              className="mt-1.5 block h-1.5 w-full overflow-hidden rounded-xs bg-sunken [&::-moz-progress-bar]:bg-ok [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-ok"
            />
            <p className="mt-1 text-sm text-ink-2">
              {overviewText.campaignRenewed(formatCount(renewed), formatCount(devices))}
              {failed > 0 && (
                <span className="ml-3 text-bad">
                  {overviewText.campaignFailed(formatCount(failed))}
                </span>
              )}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
