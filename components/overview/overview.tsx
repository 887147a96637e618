"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { OpenAlertsRow } from "#components/alert/alert-counts.tsx";
import { useLive } from "#components/layout/live-provider.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { WaitingRow } from "#components/onboard/waiting-row.tsx";
import { FirstDevice } from "#components/onboard/first-device.tsx";
import { CampaignsCard } from "#components/overview/campaigns-card.tsx";
import { CertificatesCard } from "#components/overview/certificates-card.tsx";
import { MessagesCard } from "#components/overview/messages-card.tsx";
import { overviewQuery } from "#components/overview/overview-query.ts";
import { PresenceCard } from "#components/overview/presence-card.tsx";
import { ReadinessCard } from "#components/overview/readiness-card.tsx";
import { RefusalsCard } from "#components/overview/refusals-card.tsx";
import { StatRow } from "#components/overview/stat-row.tsx";
import { StoresCard } from "#components/overview/stores-card.tsx";
import { overviewText } from "#components/strings/overview.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { OnboardWaiting } from "#server/services/onboard/waiting.ts";
import type { OverviewView } from "#server/services/overview/show.ts";

const twoColumns = "grid grid-cols-1 gap-3.5 lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]";

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
    if (frame.kind === "refusal" || frame.kind === "hello") {
      // A read that is under way is not begun anew: a burst of refusals costs one at a time.
      void queries.invalidateQueries(overviewQuery, { cancelRefetch: false });
    }
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
            <FirstDevice />
          </Card>
        )}
        {waiting !== undefined && <WaitingRow first={waiting} />}
        <OpenAlertsRow />
        <StatRow view={view} />
        {total > 0 && (
          <PresenceCard presences={view.presences} quietGateways={view.quietGateways} />
        )}
        <div className={twoColumns}>
          <CertificatesCard certificates={view.certificates} />
          <RefusalsCard refusals={view.refusals} />
        </div>
        {view.messages.received > 0 && <MessagesCard steps={view.messages.steps} />}
        <div className={twoColumns}>
          <ReadinessCard items={view.readiness} />
          {view.stores !== null && <StoresCard stores={view.stores} />}
          {view.campaigns.length > 0 && <CampaignsCard campaigns={view.campaigns} />}
        </div>
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
