"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import Link from "next/link";
import { batchRowsQuery } from "#components/batch/batch-queries.ts";
import { Progress } from "#components/batch/progress.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { batchPageText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { may } from "#server/domain/roles.ts";
import type { BatchRowView, BatchView } from "#server/services/batch/view.ts";

const lookMs = 2_000;

/** “Connect any five of them”: how many have, which ones, and what they sent meanwhile. */
export function SampleTest({ batch }: { readonly batch: BatchView }) {
  const { sampleSize, sampled } = batch;
  const done = sampled >= sampleSize;
  return (
    <Card labelledBy="sample" className={done && sampleSize > 0 ? "border-ok!" : ""}>
      <CardHeader id="sample" title={batchPageText.sampleTitle} />
      <CardBody className="flex flex-col gap-3">
        {sampleSize === 0 ? (
          <p className="text-ink-2">{batchPageText.sampleNone}</p>
        ) : (
          <div aria-live="polite" data-sample={done ? "done" : "waiting"}>
            <p className="flex items-center gap-2 font-semibold">
              {done && <CircleCheck aria-hidden className="size-4.5 text-ok" />}
              {done ? batchPageText.sampleDone : batchPageText.sampleAsk(sampleSize)}
            </p>
            <div className="my-2">
              <Progress label={batchPageText.sampleTitle} share={sampled / sampleSize} />
            </div>
            <p className="text-ink-2 tabular-nums">
              {batchPageText.sampleCount(formatCount(sampled), formatCount(sampleSize))}
              {!done && <span className="text-ink-3"> · {batchPageText.sampleWait}</span>}
            </p>
          </div>
        )}
        <Connected batch={batch} />
        <Kept count={batch.lettersKept} />
      </CardBody>
    </Card>
  );
}

function Connected({ batch }: { readonly batch: BatchView }) {
  const query = useInfiniteQuery({
    ...batchRowsQuery(batch.id, "connected"),
    refetchInterval: lookMs,
  });
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  if (rows.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">{batchPageText.sampleList}</h3>
      <ul>
        {rows.map((row) => (
          <ConnectedRow key={row.line} row={row} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button size="sm" className="mt-2" onClick={() => void query.fetchNextPage()}>
          {batchPageText.more}
        </Button>
      )}
    </div>
  );
}

function ConnectedRow({ row }: { readonly row: BatchRowView }) {
  return (
    <li className="flex items-baseline justify-between gap-4 border-b border-line py-1.5 last:border-b-0">
      <span className="min-w-0 wrap-anywhere">
        <Link
          href={`/devices/${encodeURIComponent(row.deviceId)}`}
          className="font-medium text-accent hover:underline"
        >
          {row.name}
        </Link>
        {row.name !== row.deviceId && (
          <span className="ml-2 font-mono text-sm text-ink-3">{row.deviceId}</span>
        )}
      </span>
      <span className="text-sm text-ink-3">
        <RelativeTime value={row.connectedAt} />
      </span>
    </li>
  );
}

/** What the devices sent from quarantine. */
function Kept({ count }: { readonly count: number }) {
  const { role } = useShell().user;
  if (count === 0) return null;
  return (
    <div className="rounded border border-line bg-sunken px-3 py-2" data-kept={count}>
      <p className="font-medium">
        {count === 1 ? batchPageText.keptOne : batchPageText.kept(formatCount(count))}
      </p>
      <p className="text-ink-2">
        {batchPageText.keptText}{" "}
        {may(role, "deadLetter.view") && (
          <Link href="/dead-letters/all?reason=in-quarantine" className="text-accent underline">
            {batchPageText.keptOpen}
          </Link>
        )}
      </p>
    </div>
  );
}
