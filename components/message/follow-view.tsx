"use client";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useSearchParams } from "next/navigation";
import { FollowForm } from "#components/message/follow-form.tsx";
import {
  followParams,
  followQuery,
  followSearchFrom,
  type FollowSearch,
} from "#components/message/follow-queries.ts";
import { FollowedCard } from "#components/message/followed-card.tsx";
import { followText } from "#components/strings/message.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { FollowedMessages } from "#server/services/message/followed.ts";

/** Looks for a message and shows its way. The address holds the search. */
export function FollowView() {
  const path = usePathname();
  const address = useSearchParams();
  const search = followSearchFrom((name) => address.get(name));
  const query = useQuery(followQuery(search));
  function submit(next: FollowSearch): void {
    const params = followParams(next);
    if (params === undefined) return;
    const url = `${path}?${params.toString()}`;
    // The same search again asks again: it may have been for a message that was on its way.
    if (params.toString() === address.toString()) void query.refetch();
    else window.history.pushState(null, "", url);
  }
  return (
    <>
      <FollowForm
        key={address.toString()}
        first={search}
        busy={query.isFetching}
        onSubmit={submit}
      />
      <Answer search={search} query={query} />
    </>
  );
}

function Answer({
  search,
  query,
}: {
  readonly search: FollowSearch;
  readonly query: {
    readonly data: FollowedMessages | undefined;
    readonly error: Error | null;
    readonly isFetching: boolean;
    readonly refetch: () => Promise<unknown>;
  };
}) {
  if (followParams(search) === undefined) {
    return (
      <Card>
        <EmptyState title={followText.emptyTitle}>{followText.emptyText}</EmptyState>
      </Card>
    );
  }
  if (query.error !== null && !query.isFetching) {
    return (
      <Card>
        <ErrorState title={followText.failed} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      </Card>
    );
  }
  if (query.data === undefined) {
    return (
      <Card>
        <output className="sr-only">{followText.searching}</output>
        <Skeleton className="m-3.5 h-40" />
      </Card>
    );
  }
  return <Results answer={query.data} />;
}

function Results({ answer }: { readonly answer: FollowedMessages }) {
  const { messages } = answer;
  if (messages.length === 0) {
    return (
      <Card>
        <EmptyState title={followText.noneTitle}>
          {followText.noneText} {answer.withoutDeadLetters && followText.noneHidden}
        </EmptyState>
      </Card>
    );
  }
  return (
    <section aria-label={followText.results} className="flex flex-col gap-3.5">
      <output className="text-ink-2">
        {followText.found(formatCount(messages.length))}. {answer.isCut && followText.cut}{" "}
        {answer.withoutDeadLetters && followText.noneHidden}
      </output>
      {messages.map((message, index) => (
        <FollowedCard key={`${index} ${message.received.at}`} message={message} place={index} />
      ))}
    </section>
  );
}
