"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { deviceHref } from "#components/device/device-href.ts";
import { groupRequestsQuery, requestsHref } from "#components/enrolment/enrolment-queries.ts";
import { RequestBadge } from "#components/enrolment/request-badge.tsx";
import type { GroupSummary, RequestView } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

const shown = 6;

/** Who asked this group last, and what was answered. */
export function GroupRequestsCard({ group }: { readonly group: GroupSummary }) {
  const { data, error, refetch } = useQuery(groupRequestsQuery(group.id, { watched: false }));
  const requests = data?.requests.slice(0, shown);
  return (
    <Card labelledBy="group-requests">
      <CardHeader
        id="group-requests"
        title={text.requests}
        aside={
          <Link
            href={requestsHref({ state: "", groupId: group.id })}
            className="text-accent hover:underline"
          >
            {text.allRequests}
          </Link>
        }
      />
      {error !== null && (
        <ErrorState title={text.requestsFailed} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      )}
      {requests === undefined && error === null && (
        <div className="p-3.5">
          <Skeleton className="h-24 w-full" />
        </div>
      )}
      {requests?.length === 0 && <p className="px-3.5 py-8 text-ink-3">{text.noRequests}</p>}
      {requests !== undefined && requests.length > 0 && (
        <ul className="divide-y divide-line">
          {requests.map((request) => (
            <RequestLine key={request.id} request={request} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function RequestLine({ request }: { readonly request: RequestView }) {
  return (
    <li className="px-3.5 py-2.5">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <span className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-medium wrap-anywhere">
            {request.deviceId === null ? (
              request.registrationId
            ) : (
              <Link
                href={deviceHref({ deviceId: request.deviceId })}
                className="text-ink hover:underline"
              >
                {request.deviceId}
              </Link>
            )}
          </span>
          <RequestBadge state={request.state} />
        </span>
        <span className="text-sm text-ink-3">
          <RelativeTime value={request.lastAt} />
        </span>
      </p>
      {request.detail !== "" && <p className="wrap-anywhere text-ink-2">{request.detail}</p>}
    </li>
  );
}
