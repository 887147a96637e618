"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { batchRowsQuery } from "#components/batch/batch-queries.ts";
import { batchPageText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { BatchRowView, BatchView } from "#server/services/batch/view.ts";

/** Rows that cannot be taken, each with its line and its reasons. */
export function BadRows({ batch }: { readonly batch: BatchView }) {
  return (
    <Card labelledBy="bad-rows">
      <CardHeader
        id="bad-rows"
        title={
          batch.bad === 1 ? batchPageText.badOne : batchPageText.badTitle(formatCount(batch.bad))
        }
        aside={
          <a
            href={`/api/v1/batches/${encodeURIComponent(batch.id)}/report`}
            download
            className="font-medium text-accent hover:underline"
          >
            {batchPageText.badReport}
          </a>
        }
      />
      <p className="px-3.5 py-3 text-ink-2">{batchPageText.badText}</p>
      {/* Its rows are those of the file that was checked last. */}
      {batch.state === "refused" && <Rows key={batch.fileSha256} batch={batch} />}
    </Card>
  );
}

function Rows({ batch }: { readonly batch: BatchView }) {
  const query = useInfiniteQuery(batchRowsQuery(batch.id, "bad"));
  if (query.isPending) {
    return (
      <CardBody>
        <Skeleton className="h-24" />
      </CardBody>
    );
  }
  if (query.isError) {
    return (
      <ErrorState title={batchPageText.rowsFailed} onRetry={() => void query.refetch()}>
        {query.error.message}
      </ErrorState>
    );
  }
  return (
    <>
      <Table>
        <thead>
          <Tr>
            <Th numeric className="w-20">
              {batchPageText.line}
            </Th>
            <Th className="max-sm:hidden">{batchPageText.device}</Th>
            <Th>{batchPageText.problem}</Th>
          </Tr>
        </thead>
        <tbody>
          {query.data.pages
            .flatMap((page) => page.rows)
            .map((row) => (
              <BadRow key={row.line} row={row} />
            ))}
        </tbody>
      </Table>
      {query.hasNextPage && (
        <CardBody>
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {batchPageText.more}
          </Button>
        </CardBody>
      )}
    </>
  );
}

function BadRow({ row }: { readonly row: BatchRowView }) {
  const id = row.deviceId === "" ? row.name : row.deviceId;
  return (
    <Tr className="align-top">
      <Td numeric className="text-ink-2 tabular-nums">
        {row.line}
      </Td>
      <Td className="font-mono text-sm wrap-anywhere max-sm:hidden">{id}</Td>
      <Td>
        <p className="font-mono text-sm wrap-anywhere sm:hidden">{id}</p>
        {row.problems.map((problem) => (
          <p key={problem} className="wrap-anywhere">
            {problem}
          </p>
        ))}
      </Td>
    </Tr>
  );
}
