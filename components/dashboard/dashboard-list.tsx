"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus, Upload } from "lucide-react";
import { useState } from "react";
import { CreateDialog } from "#components/dashboard/create-dialog.tsx";
import { dashboardHref, dashboardsQuery } from "#components/dashboard/dashboard-queries.ts";
import { ImportDialog } from "#components/dashboard/import-dialog.tsx";
import { ReadyMadeCard } from "#components/dashboard/ready-made-card.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { dashboardListText as text, sharingNames } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DashboardList as List } from "#server/services/dashboard/list.ts";
import type { DashboardSummary, ReadyMadeSummary } from "#server/services/dashboard/view.ts";

const columns: readonly DataColumn<DashboardSummary>[] = [
  {
    id: "name",
    header: text.name,
    cell: ({ name, description }) => (
      <span className="block truncate" title={description}>
        {name}
        {description !== "" && <span className="ml-2 font-normal text-ink-3">{description}</span>}
      </span>
    ),
  },
  {
    id: "sharing",
    header: text.sharing,
    width: "10rem",
    hideBelow: "sm",
    cell: ({ sharing }) => <span className="text-ink-2">{sharingNames[sharing]}</span>,
  },
  {
    id: "widgets",
    header: text.widgets,
    width: "6rem",
    numeric: true,
    hideBelow: "md",
    cell: ({ widgets }) => formatCount(widgets),
  },
  {
    id: "changed",
    header: text.changed,
    width: "17rem",
    hideBelow: "md",
    cell: ({ changedAt, changedBy }) => (
      <span className="block truncate">
        <RelativeTime value={changedAt} /> <span className="text-ink-3">{text.by(changedBy)}</span>
      </span>
    ),
  },
];

/** One's own dashboards, those that are shared, and the ready-made ones. */
export function DashboardList({
  first,
  readyMade,
  mayEdit,
}: {
  readonly first: List;
  readonly readyMade: readonly ReadyMadeSummary[];
  readonly mayEdit: boolean;
}) {
  const query = useQuery(dashboardsQuery(first));
  const [filter, setFilter] = useState("");
  const [dialog, setDialog] = useState<"create" | "import" | null>(null);
  const { dashboards, isCut } = query.data ?? first;
  const wanted = filter.trim().toLowerCase();
  const fits = ({ name }: { readonly name: string }) => name.toLowerCase().includes(wanted);
  const shown = dashboards.filter(fits);
  const own = shown.filter(({ isOwn }) => isOwn);
  const shared = shown.filter(({ isOwn }) => !isOwn);
  return (
    <>
      <PageHeader
        title={text.title}
        subtitle={text.subtitle}
        actions={mayEdit && <Actions onOpen={setDialog} />}
      />
      <div className="flex flex-col gap-5">
        <Input
          data-page-filter
          type="search"
          aria-label={text.filter}
          placeholder={text.filter}
          className="max-w-72"
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
        />
        {dashboards.length === 0 ? (
          <Card>
            <EmptyState title={text.none}>{mayEdit ? text.noneText : text.noneView}</EmptyState>
          </Card>
        ) : (
          <>
            {shown.length === 0 && <p className="text-ink-3">{text.noMatch}</p>}
            <Section id="own" title={text.own} rows={own} />
            <Section id="shared" title={text.shared} rows={shared} />
            {isCut && (
              <p className="text-sm text-ink-3">{text.isCut(formatCount(dashboards.length))}</p>
            )}
          </>
        )}
        <ReadyMadeCard readyMade={readyMade.filter(fits)} isFiltered={wanted !== ""} />
      </div>
      {dialog === "create" && <CreateDialog onClose={() => setDialog(null)} />}
      {dialog === "import" && <ImportDialog onClose={() => setDialog(null)} />}
    </>
  );
}

function Actions({ onOpen }: { readonly onOpen: (dialog: "create" | "import") => void }) {
  return (
    <>
      <Button onClick={() => onOpen("import")}>
        <Upload aria-hidden className="size-4" />
        {text.importFile}
      </Button>
      <Button variant="primary" onClick={() => onOpen("create")}>
        <Plus aria-hidden className="size-4" />
        {text.create}
      </Button>
    </>
  );
}

function Section({
  id,
  title,
  rows,
}: {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly DashboardSummary[];
}) {
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-2 font-semibold text-ink">
        {title}
      </h2>
      <DataTable
        label={title}
        columns={columns}
        rows={rows}
        rowId={(row) => row.id}
        rowName={({ name }) => name}
        rowHref={(row) => dashboardHref(row.id)}
        empty={null}
      />
    </section>
  );
}
