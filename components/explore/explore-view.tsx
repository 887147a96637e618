"use client";
import { useQuery } from "@tanstack/react-query";
import { DeviceChooser } from "#components/explore/device-chooser.tsx";
import { choicesQuery } from "#components/explore/explore-queries.ts";
import { ExploreResult } from "#components/explore/explore-result.tsx";
import {
  selectionOf,
  stateFromParams,
  stateToParams,
  type ExploreState,
} from "#components/explore/explore-state.ts";
import { MetricChooser, MetricList } from "#components/explore/metric-chooser.tsx";
import { ShownBar } from "#components/explore/shown-bar.tsx";
import { useExplore, type Explore } from "#components/explore/use-explore.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { SavedViewMenu } from "#components/saved-view/saved-view-menu.tsx";
import { exploreText } from "#components/strings/explore.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import type { ExploreChoices } from "#server/services/explore/choices.ts";
import type { SavedViewList } from "#server/services/saved-view/list.ts";
import type { ViewState } from "#server/services/saved-view/schemas.ts";

/** Any devices and metrics over time. */
export function ExploreView({
  first,
  views,
}: {
  /** What the server rendered: the question about choices, and its answer. */
  readonly first: { readonly input: string; readonly choices: ExploreChoices };
  readonly views: SavedViewList;
}) {
  const explore = useExplore();
  const { state } = explore;
  const choices = useQuery(choicesQuery(state, first));
  const isEmpty = state.devices.length === 0 && state.group === null && state.filter === null;
  return (
    <>
      <PageHeader
        title={exploreText.title}
        subtitle={exploreText.subtitle}
        actions={<ViewMenu explore={explore} first={views} />}
      />
      <div className="flex flex-col gap-4">
        {choices.isError && (
          <ErrorState title={exploreText.failed} onRetry={() => void choices.refetch()}>
            {choices.error.message}
          </ErrorState>
        )}
        {isEmpty ? (
          <Card>
            <EmptyState
              title={exploreText.emptyTitle}
              action={<DeviceChooser explore={explore} choices={choices.data} />}
            >
              {exploreText.emptyText}
            </EmptyState>
          </Card>
        ) : (
          <Chosen explore={explore} choices={choices.data} />
        )}
      </div>
    </>
  );
}

/** What a view keeps: everything of the address but which view it is. */
function keptOf(state: ExploreState): ViewState {
  const selection = selectionOf(state);
  const { filter } = everyDevice;
  const groupFilter = { ...filter, groupIds: state.group === null ? [] : [state.group] };
  return {
    address: stateToParams({ ...state, view: null }).toString(),
    filter: selection?.by === "filter" ? selection.filter : groupFilter,
  };
}

function ViewMenu({
  explore: { state, change },
  first,
}: {
  readonly explore: Explore;
  readonly first: SavedViewList;
}) {
  return (
    <SavedViewMenu
      page="explore"
      viewId={state.view}
      state={keptOf(state)}
      first={first}
      words={exploreText.viewWords}
      onOpen={(opened) =>
        change({
          ...stateFromParams(new URLSearchParams(opened?.address)),
          view: opened?.id ?? null,
        })
      }
      onSaved={(view) => change({ view })}
    />
  );
}

/** There are devices: which metrics of them, and what they say. */
function Chosen({
  explore,
  choices,
}: {
  readonly explore: Explore;
  readonly choices: ExploreChoices | undefined;
}) {
  const { state, change } = explore;
  const metrics = choices?.metrics ?? [];
  const toggle = (metric: string) =>
    change((now) => ({
      metrics: now.metrics.includes(metric)
        ? now.metrics.filter((other) => other !== metric)
        : [...now.metrics, metric],
    }));
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <DeviceChooser explore={explore} choices={choices} />
        <div className="flex flex-wrap items-center gap-1.5">
          <MetricChooser metrics={metrics} chosen={state.metrics} onToggle={toggle} />
          <ShownBar explore={explore} metrics={metrics} />
        </div>
      </div>
      {state.metrics.length > 0 && <ExploreResult explore={explore} choices={choices} />}
      {state.metrics.length === 0 && choices !== undefined && (
        <FirstMetrics choices={choices} onToggle={toggle} />
      )}
    </>
  );
}

/** Devices are chosen, but not yet what is drawn of them. */
function FirstMetrics({
  choices: { metrics, missing, devices },
  onToggle,
}: {
  readonly choices: ExploreChoices;
  readonly onToggle: (metric: string) => void;
}) {
  if (metrics.length === 0) {
    return (
      <Card>
        <EmptyState title={exploreText.nothingSentTitle}>
          {missing.length > 0 && devices.length === 0
            ? exploreText.missing(missing.join(", "), missing.length)
            : exploreText.nothingSentText}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card labelledBy="choose-metrics">
      <CardHeader id="choose-metrics" title={exploreText.noMetricsTitle} />
      <CardBody className="flex max-w-xl flex-col gap-3">
        <p className="text-ink-2">{exploreText.noMetricsText}</p>
        <MetricList metrics={metrics} chosen={[]} onToggle={onToggle} />
      </CardBody>
    </Card>
  );
}
