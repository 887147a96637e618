"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { DifferenceList } from "#components/message/difference-list.tsx";
import { LedgerBars } from "#components/message/ledger-bars.tsx";
import { ledgerExportUrl, ledgerQuery } from "#components/message/ledger-queries.ts";
import { LedgerStats } from "#components/message/ledger-stats.tsx";
import { OutcomesCard, PartsCard, ReasonsCard } from "#components/message/ledger-cards.tsx";
import { ledgerText } from "#components/strings/message.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNote, ErrorState } from "#components/ui/error-state.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import {
  ledgerRangeKey,
  ledgerRangeKeys,
  type LedgerRangeKey,
} from "#server/domain/ledger-range.ts";
import type { LedgerDifferenceView } from "#server/services/ledger/differences.ts";
import type { LedgerSummary } from "#server/services/ledger/summary.ts";

const options = ledgerRangeKeys.map((value) => ({ value, label: ledgerText.ranges[value] }));

type First = {
  readonly key: LedgerRangeKey;
  /** Start of the range, epoch milliseconds. */
  readonly from: number;
  readonly summary: LedgerSummary;
  readonly differences: readonly LedgerDifferenceView[];
};

/** What became of every message of a range, and whether it adds up. The address holds the range. */
export function LedgerView({
  first,
  mayAcknowledge,
  maySeeDeadLetters,
}: {
  readonly first: First;
  readonly mayAcknowledge: boolean;
  readonly maySeeDeadLetters: boolean;
}) {
  const path = usePathname();
  const key = ledgerRangeKey(useSearchParams().get("range"));
  const query = useQuery({
    ...ledgerQuery(key, key === first.key ? first : undefined),
    placeholderData: keepPreviousData,
  });
  const { data, isError } = query;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Select
          aria-label={ledgerText.range}
          options={options}
          value={key}
          onChange={(event) => {
            const next = ledgerRangeKey(event.target.value);
            window.history.replaceState(null, "", `${path}?range=${next}`);
          }}
        />
        <div className="flex flex-wrap items-center gap-4">
          {maySeeDeadLetters && (
            <Link href="/dead-letters" className="text-accent hover:underline">
              {ledgerText.deadLettersLink}
            </Link>
          )}
          <ButtonLink
            href={ledgerExportUrl(key, data?.from ?? first.from)}
            prefetch={false}
            download
            aria-label={ledgerText.exportLabel}
          >
            {ledgerText.exportCsv}
          </ButtonLink>
        </div>
      </div>
      {isError && data !== undefined && <ErrorNote>{ledgerText.stale}</ErrorNote>}
      {data === undefined ? (
        <Unread message={query.error?.message} onRetry={() => void query.refetch()} />
      ) : (
        <Accounts rangeKey={key} from={data.from} summary={data.summary} />
      )}
      <DifferenceList first={first.differences} mayAcknowledge={mayAcknowledge} />
    </>
  );
}

function Unread({
  message,
  onRetry,
}: {
  readonly message: string | undefined;
  readonly onRetry: () => void;
}) {
  if (message === undefined) return <Skeleton className="h-40 w-full" />;
  return (
    <Card>
      <ErrorState title={ledgerText.failed} onRetry={onRetry}>
        {message}
      </ErrorState>
    </Card>
  );
}

function Accounts({
  rangeKey,
  from,
  summary,
}: {
  readonly rangeKey: LedgerRangeKey;
  readonly from: number;
  readonly summary: LedgerSummary;
}) {
  return (
    <>
      <LedgerStats rangeKey={rangeKey} summary={summary} />
      {summary.received === 0 ? (
        <Card>
          <EmptyState title={ledgerText.nothing} />
        </Card>
      ) : (
        <>
          <OutcomesCard summary={summary} />
          <LedgerBars from={from} rangeKey={rangeKey} summary={summary} />
          <div className="grid grid-cols-1 items-start gap-3.5 lg:grid-cols-[minmax(0,3fr)_minmax(0,4fr)_minmax(0,4fr)]">
            <ReasonsCard reasons={summary.reasons} />
            <PartsCard
              id="transports"
              title={ledgerText.byTransport}
              column={ledgerText.transport}
              parts={summary.byTransport.map(({ transport, ...accounts }) => ({
                name: transport === "replay" ? ledgerText.replay : transport,
                ...accounts,
              }))}
            />
            <PartsCard
              id="profiles"
              title={ledgerText.byProfile}
              column={ledgerText.profile}
              parts={summary.byProfile.map(({ profile, ...accounts }) => ({
                name: profile?.name ?? ledgerText.serviceClients,
                ...accounts,
              }))}
            />
          </div>
        </>
      )}
    </>
  );
}
