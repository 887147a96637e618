"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import Link from "next/link";
import { useState } from "react";
import { deviceHref } from "#components/device/device-href.ts";
import { presenceQuery } from "#components/device/device-queries.ts";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { PresenceSpans } from "#components/device/presence-spans.tsx";
import { causeOf, presenceText } from "#components/strings/presence.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { availabilityText, presenceHours } from "#server/domain/availability.ts";
import type { PresenceHistoryView } from "#server/services/presence/history.ts";

/** How a device is, why, and how it was: a bar over a day, a week or a month, and the same as a table. */
export function PresenceCard({ deviceId }: { readonly deviceId: string }) {
  const [hours, setHours] = useState<number>(presenceHours[0]);
  const history = useQuery({
    ...presenceQuery(deviceId, hours),
    placeholderData: keepPreviousData,
  });
  return (
    <Card labelledBy="presence" className="mb-4">
      <CardHeader
        id="presence"
        title={presenceText.title}
        aside={
          <Select
            aria-label={presenceText.range}
            value={String(hours)}
            onChange={(event) => setHours(Number(event.target.value))}
            options={presenceHours.map((each) => {
              return { value: String(each), label: presenceText.ranges[each] ?? "" };
            })}
          />
        }
      />
      <CardBody className={clsx(history.isPlaceholderData && "opacity-60")}>
        {history.data !== undefined && <History history={history.data} hours={hours} />}
        {history.isPending && <Skeleton className="h-20 w-full" />}
        {history.isError && history.data === undefined && (
          <ErrorState title={presenceText.failed} onRetry={() => void history.refetch()}>
            {history.error.message}
          </ErrorState>
        )}
      </CardBody>
    </Card>
  );
}

/** A dot before it, where it is on the same line as the last. */
const apart = "sm:before:mr-2 sm:before:content-['·']";

function History({
  history,
  hours,
}: {
  readonly history: PresenceHistoryView;
  readonly hours: number;
}) {
  const { presence, cause, since, availability } = history;
  const why = causeOf(presence, cause);
  const share = availabilityText(availability);
  return (
    <>
      <p
        className="mb-3 flex flex-wrap items-baseline gap-x-2 gap-y-1 text-ink-2"
        data-presence-now
      >
        <PresenceBadge presence={presence} />
        <span>
          {presenceText.since} <RelativeTime value={since} />
        </span>
        {why !== "" && (
          <span data-cause={cause} className={apart}>
            {why}
          </span>
        )}
        {availability !== null && (
          <span className={apart}>
            {presenceText.available(share, presenceText.ranges[hours] ?? "")}
          </span>
        )}
      </p>
      <Folding history={history} />
      <PresenceSpans history={history} />
    </>
  );
}

/** Hundreds of silent devices have one cause: above them, or this one itself. */
function Folding({ history: { gateway, folded } }: { readonly history: PresenceHistoryView }) {
  if (gateway !== null) {
    return (
      <p className="mb-3 text-ink-2" data-folded-under={gateway.deviceId}>
        <Link href={deviceHref(gateway)} className="text-ink underline hover:no-underline">
          {presenceText.behind(gateway.name, gateway.presence)}
        </Link>{" "}
        <RelativeTime value={gateway.since} />
      </p>
    );
  }
  if (folded === 0) return null;
  return (
    <p className="mb-3 font-medium text-bad" data-folded={folded}>
      {presenceText.folded(formatCount(folded))}
    </p>
  );
}
