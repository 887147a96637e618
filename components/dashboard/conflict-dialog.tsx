"use client";
import { useQuery } from "@tanstack/react-query";
import { dashboardQuery } from "#components/dashboard/dashboard-queries.ts";
import type { DashboardDraft } from "#components/dashboard/use-editing.ts";
import { conflictText as text, dashboardText } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { dashboardDifference } from "#server/domain/dashboard-difference.ts";
import type { DashboardShown } from "#server/services/dashboard/view.ts";

/** Changes of theirs that are told. */
const mostTold = 12;

/** Somebody else saved while one was editing: whose counts? */
export function ConflictDialog({
  id,
  base,
  busy,
  onTheirs,
  onCopy,
  onOverwrite,
  onClose,
}: {
  readonly id: string;
  /** What the editing began with. */
  readonly base: DashboardDraft;
  readonly busy: boolean;
  readonly onTheirs: (theirs: DashboardShown) => void;
  readonly onCopy: () => void;
  readonly onOverwrite: (theirs: DashboardShown) => void;
  readonly onClose: () => void;
}) {
  const { data: theirs, isError } = useQuery({
    ...dashboardQuery(id),
    staleTime: 0,
    retry: false,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="lg"
      title={text.title}
      footer={
        <>
          <Button onClick={onClose}>{dashboardText.cancel}</Button>
          {theirs !== undefined && (
            <Button title={text.theirsHint} onClick={() => onTheirs(theirs)}>
              {text.theirs}
            </Button>
          )}
          <Button busy={busy} onClick={onCopy}>
            {text.copy}
          </Button>
          {theirs?.mayChange === true && (
            <Button variant="danger" busy={busy} onClick={() => onOverwrite(theirs)}>
              {text.overwrite}
            </Button>
          )}
        </>
      }
    >
      {isError && <ErrorNote>{text.gone}</ErrorNote>}
      {theirs === undefined && !isError && <Skeleton className="h-16 w-full" />}
      {theirs !== undefined && <Changes base={base} theirs={theirs} />}
    </Dialog>
  );
}

function Changes({
  base,
  theirs,
}: {
  readonly base: DashboardDraft;
  readonly theirs: DashboardShown;
}) {
  const changes = dashboardDifference(base, theirs);
  return (
    <>
      <p>
        {text.text(theirs.changedBy)}{" "}
        <span className="text-ink-3">
          <RelativeTime value={theirs.changedAt} />
        </span>
        {text.changed}
      </p>
      <ul className="mt-2 list-disc pl-5 text-ink-2">
        {changes.slice(0, mostTold).map((change) => (
          <li key={change}>{change}</li>
        ))}
        {changes.length === 0 && <li>{text.nothing}</li>}
      </ul>
    </>
  );
}
