"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { timelineQuery } from "#components/device/device-queries.ts";
import { refusedHref } from "#components/refused/refused-queries.ts";
import { timelineText } from "#components/strings/connection.ts";
import { connectionName } from "#components/strings/device.ts";
import { wordsOfCause } from "#components/strings/refused.ts";
import { StateDot, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { everyRefusal } from "#server/domain/refusal-view.ts";
import type { DeviceTimeline, TimelineEntry } from "#server/services/device/timeline.ts";

/** When a device came, left and was refused: one list, newest first. */
export function TimelineCard({
  deviceId,
  first,
}: {
  readonly deviceId: string;
  readonly first: DeviceTimeline;
}) {
  const timeline = useInfiniteQuery(timelineQuery(deviceId, first));
  const entries = timeline.data.pages.flatMap((page) => page.entries);
  return (
    <Card labelledBy="timeline" className="min-w-0">
      <CardHeader
        id="timeline"
        title={timelineText.title}
        aside={
          <Link
            href={refusedHref({ ...everyRefusal, range: "all", device: deviceId })}
            className="text-accent hover:underline"
          >
            {timelineText.all}
          </Link>
        }
      />
      {timeline.isError && (
        <ErrorState title={timelineText.failed} onRetry={() => void timeline.refetch()}>
          {timeline.error.message}
        </ErrorState>
      )}
      {entries.length === 0 && !timeline.isError && <EmptyState title={timelineText.empty} />}
      <ol aria-label={timelineText.list} className="divide-y divide-line">
        {entries.map((entry, index) => (
          <Entry
            key={`${entry.kind} ${entry.at}`}
            entry={entry}
            lasted={lastedMs(entry, entries.slice(index + 1))}
          />
        ))}
      </ol>
      {timeline.hasNextPage && (
        <div className="border-t border-line px-3.5 py-2">
          <Button
            size="sm"
            busy={timeline.isFetchingNextPage}
            onClick={() => void timeline.fetchNextPage()}
          >
            {timelineText.older}
          </Button>
        </div>
      )}
    </Card>
  );
}

/** How long the connection that ended had lasted, when its beginning is on the page. */
function lastedMs(entry: TimelineEntry, older: readonly TimelineEntry[]): number | undefined {
  if (entry.kind !== "disconnected" || entry.count > 1) return undefined;
  const before = older.find(({ kind }) => kind !== "refused");
  if (before?.kind !== "connected" || before.clientId !== entry.clientId) return undefined;
  return Date.parse(entry.at) - Date.parse(before.at);
}

const tones: Readonly<Record<TimelineEntry["kind"], Tone>> = {
  connected: "ok",
  disconnected: "idle",
  refused: "bad",
};

function Entry({
  entry,
  lasted,
}: {
  readonly entry: TimelineEntry;
  readonly lasted: number | undefined;
}) {
  return (
    <li className="flex gap-3 px-3.5 py-2.5 wrap-anywhere">
      <StateDot tone={tones[entry.kind]} className="mt-1.5" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-medium text-ink">
            {titleOf(entry)}
            {lasted !== undefined && (
              <span className="font-normal text-ink-2">
                {" "}
                {timelineText.lasted(formatDuration(lasted))}
              </span>
            )}
          </span>
          <span className="text-sm text-ink-3">
            <RelativeTime value={entry.at} />
          </span>
        </p>
        <Story entry={entry} />
      </div>
    </li>
  );
}

function titleOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case "connected":
      return timelineText.connected;
    case "disconnected":
      return timelineText.disconnected;
    case "refused":
      return wordsOfCause(entry.cause).title;
  }
}

function Story({ entry }: { readonly entry: TimelineEntry }) {
  if (entry.kind === "refused") {
    return (
      <>
        <p className="text-ink-2">
          {entry.detail} {entry.remedy}
        </p>
        <p className="text-sm text-ink-3">
          {timelineText.from(entry.remote)}, {timelineText.attempts(formatCount(entry.count))}
        </p>
      </>
    );
  }
  return (
    <>
      {entry.kind === "disconnected" && entry.reason !== null && (
        <p className="text-ink-2">{entry.reason}</p>
      )}
      <p className="text-sm text-ink-3">
        {timelineText.from(entry.remote)}, {connectionName(entry)},{" "}
        {timelineText.as(entry.clientId)}
        {entry.count > 1 && <>, {timelineText.times(formatCount(entry.count))}</>}
      </p>
    </>
  );
}
