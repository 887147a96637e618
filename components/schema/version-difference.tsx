"use client";
import clsx from "clsx";
import { useQuery } from "@tanstack/react-query";
import { ChangeList } from "#components/schema/change-list.tsx";
import { lineDifference, shortened, type DiffPart } from "#components/schema/line-difference.ts";
import { comparisonQuery, schemaVersionQuery } from "#components/schema/schema-queries.ts";
import { versionSource } from "#components/schema/version-source.ts";
import { versionText } from "#components/strings/schema-use.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { SchemaVersionView } from "#server/services/schema/view.ts";

/** What is different between two versions, always told from the older to the newer. */
export function VersionDifference({
  name,
  newer: shown,
  other,
}: {
  readonly name: string;
  readonly newer: SchemaVersionView;
  readonly other: number;
}) {
  const [from, to] = other < shown.version ? [other, shown.version] : [shown.version, other];
  const query = useQuery(schemaVersionQuery(name, other));
  const comparison = useQuery(comparisonQuery(name, from, to));
  if (query.isError) {
    return (
      <ErrorState title={versionText.failed} onRetry={() => void query.refetch()}>
        {query.error.message}
      </ErrorState>
    );
  }
  if (query.data === undefined) return <Skeleton className="h-40 w-full" />;
  const [older, newer] =
    other < shown.version ? [query.data, shown] : ([shown, query.data] as const);
  const lines = lineDifference(versionSource(older.definition), versionSource(newer.definition));
  const changes = comparison.data?.changes ?? [];
  return (
    <div className="flex flex-col gap-3">
      <h3 className="font-medium text-ink">{versionText.difference(from, to)}</h3>
      {changes.length > 0 && <ChangeList changes={changes} />}
      {lines.every(({ kind }) => kind === "same") ? (
        <p className="text-ink-2">{versionText.noChanges}</p>
      ) : (
        <Lines parts={shortened(lines)} />
      )}
    </div>
  );
}

const looks = {
  added: { sign: "+", word: versionText.linesAdded, look: "bg-ok-soft text-ink" },
  removed: { sign: "−", word: versionText.linesRemoved, look: "bg-bad-soft text-ink" },
  same: { sign: " ", word: "", look: "text-ink-2" },
} as const;

function Lines({ parts }: { readonly parts: readonly DiffPart[] }) {
  return (
    <ol
      aria-label={versionText.lines}
      className="overflow-hidden rounded border border-line bg-surface py-1 font-mono text-sm"
    >
      {parts.map((part, index) =>
        part.kind === "skipped" ? (
          <li key={index} className="bg-sunken px-3 py-0.5 font-sans text-ink-3">
            {versionText.linesSame(formatCount(part.count))}
          </li>
        ) : (
          <li
            key={index}
            className={clsx("flex gap-2 px-3 whitespace-pre-wrap", looks[part.kind].look)}
          >
            <span aria-hidden className="w-3 shrink-0 select-none">
              {looks[part.kind].sign}
            </span>
            {looks[part.kind].word !== "" && (
              <span className="sr-only">{looks[part.kind].word}</span>
            )}
            <span className="min-w-0 wrap-anywhere">{part.text}</span>
          </li>
        ),
      )}
    </ol>
  );
}
