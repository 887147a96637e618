"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { OpenAlertsRow } from "#components/alert/alert-counts.tsx";
import { useLive } from "#components/layout/live-provider.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { WaitingRow } from "#components/onboard/waiting-row.tsx";
import { CertificatesCard } from "#components/overview/certificates-card.tsx";
import { MessagesCard } from "#components/overview/messages-card.tsx";
import { overviewQuery } from "#components/overview/overview-query.ts";
import { PresenceCard } from "#components/overview/presence-card.tsx";
import { RefusalsCard } from "#components/overview/refusals-card.tsx";
import { StatRow } from "#components/overview/stat-row.tsx";
import { overviewText } from "#components/strings/overview.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { OnboardWaiting } from "#server/services/onboard/waiting.ts";
import type { OverviewView } from "#server/services/overview/show.ts";

/** Fleet health in one look. */
export function Overview({
  first,
  waiting,
  mayOnboard,
}: {
  readonly first: OverviewView;
  /** Undefined for roles that do not see who comes in. */
  readonly waiting: OnboardWaiting | undefined;
  readonly mayOnboard: boolean;
}) {
  const { data: view, isError } = useQuery({ ...overviewQuery, initialData: first });
  const queries = useQueryClient();
  useLive({ refusals: true }, (frame) => {
    if (frame.kind === "refusal") void queries.invalidateQueries(overviewQuery);
  });
  const total = view.presences.reduce((sum, each) => sum + each.devices, 0);
  const onboard = mayOnboard ? (
    <ButtonLink href="/onboard/device" variant="primary">
      {overviewText.onboard}
    </ButtonLink>
  ) : undefined;
  return (
    <>
      <PageHeader
        title={overviewText.title}
        {...(total > 0 && { subtitle: subtitle(view, total), actions: onboard })}
      />
      <div className="flex flex-col gap-3.5">
        {isError && <ErrorNote>{overviewText.stale}</ErrorNote>}
        {total === 0 && (
          <Card>
            <EmptyState title={overviewText.emptyTitle} action={onboard}>
              {mayOnboard ? overviewText.emptyText : overviewText.emptyTextOthers}
            </EmptyState>
          </Card>
        )}
        {waiting !== undefined && <WaitingRow first={waiting} />}
        <OpenAlertsRow />
        <StatRow view={view} />
        {total > 0 && (
          <PresenceCard presences={view.presences} quietGateways={view.quietGateways} />
        )}
        <div className="grid grid-cols-1 gap-3.5 lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
          <CertificatesCard certificates={view.certificates} />
          <RefusalsCard refusals={view.refusals} />
        </div>
        {view.messages.received > 0 && <MessagesCard steps={view.messages.steps} />}
      </div>
    </>
  );
}

function subtitle(view: OverviewView, total: number): string {
  const online = view.presences.find((each) => each.presence === "online")?.devices ?? 0;
  return total === 1
    ? overviewText.summaryOne(formatCount(online))
    : overviewText.summary(formatCount(total), formatCount(online));
}
