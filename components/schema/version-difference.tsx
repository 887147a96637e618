"use client";
import { useQuery } from "@tanstack/react-query";
import { ChangeList } from "#components/schema/change-list.tsx";
import { DifferenceLines } from "#components/schema/difference-lines.tsx";
import { lineDifference, shortened } from "#components/schema/line-difference.ts";
import { comparisonQuery, schemaVersionQuery } from "#components/schema/schema-queries.ts";
import { versionSource } from "#components/schema/version-source.ts";
import { versionText } from "#components/strings/schema-use.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
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
        <DifferenceLines parts={shortened(lines)} />
      )}
    </div>
  );
}
