"use client";
import { useState, type ReactNode } from "react";
import Link from "next/link";
import { useLive, useLiveState } from "#components/layout/live-provider.tsx";
import { newestPerWorker } from "#components/layout/newest-per-worker.ts";
import { overviewText } from "#components/strings/overview.ts";
import { Stat } from "#components/ui/stat.tsx";
import { formatCount, formatMilliseconds } from "#components/ui/format.ts";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import type { LiveFleet } from "#server/domain/live.ts";
import type { OverviewView } from "#server/services/overview/show.ts";

/** The five numbers: throughput and lag live, second by second; the rest from the ledger. */
export function StatRow({ view }: { readonly view: OverviewView }) {
  const [workers, setWorkers] = useState<readonly LiveFleet[]>([]);
  useLive({ fleet: true }, (frame) => {
    if (frame.kind === "fleet") setWorkers((known) => newestPerWorker(known, frame.fleet));
  });
  const live = useLiveState() === "live" ? workers : [];
  return (
    <div className="grid grid-cols-2 gap-3.5 max-sm:*:last:col-span-2 sm:grid-cols-3 xl:grid-flow-col xl:auto-cols-fr xl:grid-cols-none">
      <MessageRate view={view} live={live} />
      <Unaccounted messages={view.messages} />
      <Acknowledged live={live} />
      {view.deadLetters !== null && <DeadLetters deadLetters={view.deadLetters} />}
      <WorkerLag view={view} live={live} />
    </div>
  );
}

function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 10
    ? String(Math.round(perSecond * 10) / 10)
    : formatCount(Math.round(perSecond));
}

function MessageRate({
  view,
  live,
}: {
  readonly view: OverviewView;
  readonly live: readonly LiveFleet[];
}) {
  const now =
    live.length > 0
      ? live.reduce((sum, worker) => sum + worker.received, 0)
      : view.messages.perSecond;
  const { peak } = view.messages;
  const note: ReactNode =
    peak === null ? (
      overviewText.noPeak
    ) : (
      <>
        {overviewText.peak(rate(peak.perSecond))} <ExactTime value={peak.at} show="minute" />
      </>
    );
  return <Stat label={overviewText.perSecond} value={rate(now)} note={note} testId="rate" />;
}

/** The balance of the ledger: 0, or an alarm that leads to the minutes that do not add up. */
function Unaccounted({ messages }: { readonly messages: OverviewView["messages"] }) {
  const { unaccounted, differences, received } = messages;
  const isBalanced = unaccounted === 0 && differences === 0;
  return (
    <Stat
      label={
        <Link href="/messages" className="hover:text-ink hover:underline">
          {overviewText.unaccounted}
        </Link>
      }
      hint={overviewText.unaccountedMeaning}
      value={formatCount(unaccounted)}
      tone={isBalanced ? "plain" : "bad"}
      testId="unaccounted"
      note={
        differences === 0 ? (
          overviewText.received(formatCount(received))
        ) : (
          <Link href="/messages#differences" className="text-bad underline">
            {differences === 1
              ? overviewText.difference
              : overviewText.differences(formatCount(differences))}
          </Link>
        )
      }
    />
  );
}

/** Of several workers the slowest speaks: percentiles cannot be added up. */
function Acknowledged({ live }: { readonly live: readonly LiveFleet[] }) {
  const p99 = live.flatMap((worker) => (worker.ackP99Ms === null ? [] : [worker.ackP99Ms]));
  const p50 = live.flatMap((worker) => (worker.ackP50Ms === null ? [] : [worker.ackP50Ms]));
  const quiet = p99.length === 0;
  return (
    <Stat
      label={overviewText.acknowledged}
      hint={overviewText.acknowledgedMeaning}
      value={quiet ? overviewText.waiting : overviewText.p99(formatMilliseconds(Math.max(...p99)))}
      note={
        quiet ? overviewText.noTraffic : overviewText.p50(formatMilliseconds(Math.max(0, ...p50)))
      }
    />
  );
}

function DeadLetters({
  deadLetters,
}: {
  readonly deadLetters: NonNullable<OverviewView["deadLetters"]>;
}) {
  const { count, causes, newestAt } = deadLetters;
  const note =
    count === 0 ? (
      overviewText.noDeadLetters
    ) : (
      <>
        {causes === 1 ? overviewText.cause : overviewText.causes(formatCount(causes))}{" "}
        <RelativeTime value={newestAt} />
      </>
    );
  return (
    <Stat
      label={
        <Link href="/dead-letters" className="hover:text-ink hover:underline">
          {overviewText.deadLetters}
        </Link>
      }
      value={formatCount(count)}
      note={note}
    />
  );
}

function WorkerLag({
  view,
  live,
}: {
  readonly view: OverviewView;
  readonly live: readonly LiveFleet[];
}) {
  if (view.workers === 0 && live.length === 0) {
    return (
      <Stat
        label={overviewText.workerLag}
        value={overviewText.noWorker}
        tone="bad"
        note={overviewText.workerMissing}
      />
    );
  }
  const count = Math.max(view.workers, live.length);
  return (
    <Stat
      label={overviewText.workerLag}
      value={
        live.length === 0
          ? overviewText.waiting
          : formatMilliseconds(Math.max(...live.map((worker) => worker.lagMs)))
      }
      note={count === 1 ? overviewText.worker : overviewText.workers(formatCount(count))}
    />
  );
}
