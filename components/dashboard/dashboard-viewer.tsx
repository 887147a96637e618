"use client";
import { Pencil } from "lucide-react";
import { ChoiceBar } from "#components/dashboard/choice-bar.tsx";
import { DashboardGrid } from "#components/dashboard/dashboard-grid.tsx";
import { DashboardMenu } from "#components/dashboard/dashboard-menu.tsx";
import { DashboardScopeProvider } from "#components/dashboard/dashboard-scope.tsx";
import { useDashboardChoice } from "#components/dashboard/use-dashboard-choice.ts";
import { useReferences } from "#components/dashboard/use-references.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { dashboardText as text, sharingNames } from "#components/strings/dashboard.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DashboardContent } from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";
import type { DashboardShown } from "#server/services/dashboard/view.ts";

/** A stored dashboard as one looks at it. */
export function DashboardViewer({
  dashboard,
  mayEdit,
  onEdit,
  onChanged,
}: {
  readonly dashboard: DashboardShown;
  readonly mayEdit: boolean;
  readonly onEdit: () => void;
  readonly onChanged: () => void;
}) {
  const { name, description, sharing, changedAt, changedBy, content } = dashboard;
  const edit = dashboard.mayChange && (
    <Button variant="primary" className="max-md:hidden" onClick={onEdit}>
      <Pencil aria-hidden className="size-4" />
      {text.edit}
    </Button>
  );
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: text.dashboards, href: "/dashboards" }]}
        title={name}
        badge={<StateBadge tone="idle">{sharingNames[sharing]}</StateBadge>}
        subtitle={
          description === "" ? (
            <>
              {text.changedBy(changedBy)} <RelativeTime value={changedAt} />
            </>
          ) : (
            description
          )
        }
        actions={
          <>
            {edit}
            <DashboardMenu {...{ dashboard, mayEdit, onChanged }} />
          </>
        }
      />
      {content.widgets.length === 0 ? (
        <EmptyState title={text.emptyTitle} action={edit}>
          {dashboard.mayChange ? text.emptyText : text.emptyView}
        </EmptyState>
      ) : (
        <LookAt content={content} known={dashboard.references} />
      )}
    </>
  );
}

/** The widgets of a content with what can be chosen above them. */
export function LookAt({
  content,
  known,
}: {
  readonly content: DashboardContent;
  readonly known: KnownReferences;
}) {
  const { choice, setChoice } = useDashboardChoice(content);
  const references = useReferences(chosen(content, choice.values), known);
  return (
    <DashboardScopeProvider
      variables={content.variables}
      choice={choice}
      references={references}
      onZoom={({ from, to }) =>
        setChoice({ range: { from: Math.round(from), to: Math.round(to) } })
      }
    >
      <ChoiceBar {...{ content, choice, references }} onChange={setChoice} />
      <DashboardGrid widgets={content.widgets} />
    </DashboardScopeProvider>
  );
}

/** The content with the chosen values in the place of the defaults: what has to be known by name. */
export function chosen(
  content: DashboardContent,
  values: Readonly<Record<string, readonly string[]>>,
): DashboardContent {
  return {
    ...content,
    variables: content.variables.map((variable) => ({
      ...variable,
      defaults: [...(values[variable.name] ?? variable.defaults)],
    })),
  };
}
