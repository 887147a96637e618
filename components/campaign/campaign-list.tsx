"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { campaignHref, campaignsQuery } from "#components/campaign/campaign-queries.ts";
import { campaignTones } from "#components/campaign/campaign-state.ts";
import { campaignListText, campaignText } from "#components/strings/campaign.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { CampaignList as Page, CampaignView } from "#server/services/campaign/view.ts";

const columns: readonly DataColumn<CampaignView>[] = [
  { id: "name", header: campaignListText.name, cell: ({ name }) => name },
  {
    id: "state",
    header: campaignListText.state,
    width: "8.5rem",
    cell: ({ state }) => (
      <StateBadge tone={campaignTones[state]}>{campaignText.states[state]}</StateBadge>
    ),
  },
  {
    id: "renewed",
    header: campaignListText.renewed,
    width: "13rem",
    hideBelow: "sm",
    cell: (campaign) => <Renewed campaign={campaign} />,
  },
  {
    id: "wave",
    header: campaignListText.wave,
    width: "6rem",
    hideBelow: "lg",
    cell: ({ wave, waves }) => (
      <span className="text-ink-2 tabular-nums">
        {wave === 0 ? campaignListText.none : campaignListText.waveOf(wave, waves.length)}
      </span>
    ),
  },
  {
    id: "target",
    header: campaignListText.target,
    hideBelow: "lg",
    cell: ({ targetWords }) => (
      <span className="block truncate text-ink-2">
        {targetWords.length === 0 ? campaignText.all : targetWords.join(", ")}
      </span>
    ),
  },
  {
    id: "created",
    header: campaignListText.created,
    width: "14rem",
    hideBelow: "md",
    cell: ({ createdAt, createdBy }) => (
      <span className="block truncate">
        <RelativeTime value={createdAt} />{" "}
        <span className="text-ink-3">{campaignListText.by(createdBy)}</span>
      </span>
    ),
  },
];

function Renewed({ campaign: { counts, total } }: { readonly campaign: CampaignView }) {
  if (total === 0) return <span className="text-ink-2">{campaignListText.none}</span>;
  return (
    <span className="block truncate text-ink-2 tabular-nums">
      {campaignListText.renewedOf(formatCount(counts.renewed), formatCount(total - counts.skipped))}
      {counts.failed > 0 && (
        <span className="ml-2 font-medium text-bad">
          {campaignListText.failed(formatCount(counts.failed))}
        </span>
      )}
    </span>
  );
}

/** The organisation's rotation campaigns, newest first. */
export function CampaignList({
  mayPlan,
  first,
}: {
  readonly mayPlan: boolean;
  readonly first: Page;
}) {
  const query = useInfiniteQuery(campaignsQuery(first));
  const campaigns = query.data.pages.flatMap((page) => page.campaigns);
  const action = mayPlan && (
    <ButtonLink href="/certificates/campaigns/new" variant="primary">
      {campaignListText.new}
    </ButtonLink>
  );
  return (
    <>
      {campaigns.length > 0 && mayPlan && <div className="flex justify-end">{action}</div>}
      <DataTable
        label={campaignText.title}
        columns={columns}
        rows={campaigns}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        rowHref={({ id }) => campaignHref(id)}
        state={
          query.error === null || campaigns.length > 0
            ? { status: "ready" }
            : {
                status: "error",
                message: query.error.message,
                onRetry: () => void query.refetch(),
              }
        }
        empty={
          <EmptyState title={campaignListText.emptyTitle} action={action}>
            {campaignListText.emptyText}
          </EmptyState>
        }
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onLoadMore={() => void query.fetchNextPage()}
      />
    </>
  );
}
