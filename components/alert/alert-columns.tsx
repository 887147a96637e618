import { AlertStateBadge, SeverityBadge } from "#components/alert/alert-badges.tsx";
import { alertText } from "#components/strings/alert.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { ruleWords, stepWords } from "#server/domain/alert.ts";
import type { AlertView } from "#server/services/alert/view.ts";

/** The columns of the alerts. */
export const alertColumns: readonly DataColumn<AlertView>[] = [
  {
    id: "title",
    header: alertText.columnAlert,
    cell: ({ title, severity }) => (
      <span className="inline-flex max-w-full items-center gap-2">
        <SeverityBadge severity={severity} />
        <span className="truncate" title={title}>
          {title}
        </span>
      </span>
    ),
  },
  {
    id: "step",
    header: alertText.columnStep,
    width: "6rem",
    hideBelow: "lg",
    cell: ({ step }) => stepWords(step),
  },
  {
    id: "rule",
    header: alertText.columnRule,
    width: "12rem",
    hideBelow: "lg",
    cell: ({ rule }) => <span title={ruleWords[rule].meaning}>{ruleWords[rule].name}</span>,
  },
  {
    id: "state",
    header: alertText.columnState,
    width: "8.5rem",
    hideBelow: "md",
    cell: ({ state }) => <AlertStateBadge state={state} />,
  },
  {
    id: "last",
    header: alertText.columnLast,
    width: "7rem",
    hideBelow: "sm",
    cell: ({ lastAt }) => <RelativeTime value={lastAt} />,
  },
];
