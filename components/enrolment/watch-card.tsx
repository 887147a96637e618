"use client";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { deviceHref } from "#components/device/device-href.ts";
import { groupHref, groupRequestsQuery } from "#components/enrolment/enrolment-queries.ts";
import { wordsOfRefusal } from "#components/enrolment/refusal-words.ts";
import type { GroupSummary, RequestView } from "#components/enrolment/views.ts";
import { watchText as text } from "#components/strings/enrolment.ts";
import { StateDot } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** Waits for the first device of a new group, and says why one did not come. */
export function WatchCard({ group }: { readonly group: GroupSummary }) {
  const { data, error } = useQuery(groupRequestsQuery(group.id, { watched: true }));
  const requests = data?.requests ?? [];
  const enrolled = requests.find(({ state }) => state === "enrolled");
  const newest = enrolled ?? requests[0];
  return (
    <Card labelledBy="watch" className={enrolled === undefined ? "" : "border-ok!"}>
      <CardBody>
        <div aria-live="polite" data-enrolment={newest?.state ?? "waiting"}>
          {error !== null && <ErrorNote remedy={error.message}>{text.failed}</ErrorNote>}
          {enrolled === undefined ? <Waiting newest={newest} /> : <Enrolled request={enrolled} />}
        </div>
        <div className="mt-4 flex flex-wrap gap-2">
          <NextStep groupId={group.id} newest={newest} />
          <ButtonLink href={groupHref(group)}>{text.openGroup}</ButtonLink>
        </div>
      </CardBody>
    </Card>
  );
}

function NextStep({
  groupId,
  newest,
}: {
  readonly groupId: string;
  readonly newest: RequestView | undefined;
}) {
  if (newest?.state === "pending") {
    return (
      <ButtonLink href={`/onboard/requests?group=${groupId}`} variant="primary">
        {text.review}
      </ButtonLink>
    );
  }
  if (newest?.state !== "enrolled" || newest.deviceId === null) return null;
  return (
    <ButtonLink href={deviceHref({ deviceId: newest.deviceId })} variant="primary">
      {text.openDevice}
    </ButtonLink>
  );
}

function Enrolled({ request }: { readonly request: RequestView }) {
  return (
    <>
      <h2 id="watch" className="flex flex-wrap items-center gap-2 font-semibold text-ok">
        <CircleCheck aria-hidden className="size-4.5" />
        {text.enrolled(request.deviceId ?? request.registrationId)}
        <span className="font-normal text-ink-3">
          · <RelativeTime value={request.lastAt} />
        </span>
      </h2>
      <p className="mt-1 text-ink-2">{text.enrolledText}</p>
    </>
  );
}

function Waiting({ newest }: { readonly newest: RequestView | undefined }) {
  return (
    <>
      <h2 id="watch" className="flex items-center gap-2.5 font-semibold">
        <StateDot tone="idle" className="motion-safe:animate-pulse" />
        {text.waiting}
      </h2>
      <p className="mt-1 text-ink-2">{text.waitingText}</p>
      {newest?.state === "pending" && (
        <div className="mt-3 rounded border border-warn/40 bg-warn-soft px-3 py-2 wrap-anywhere">
          <p className="font-semibold text-warn">{text.pending(newest.registrationId)}</p>
          <p className="text-ink-2">{text.pendingText}</p>
        </div>
      )}
      {newest?.state === "refused" && (
        <div
          className="mt-3 rounded border border-bad/40 bg-bad-soft px-3 py-2 wrap-anywhere"
          data-trouble
        >
          <p className="font-semibold text-bad">
            {text.refused(newest.registrationId)}{" "}
            <span className="font-normal">
              · <RelativeTime value={newest.lastAt} />
            </span>
          </p>
          <p>{newest.detail}</p>
          <p className="text-ink-2">{wordsOfRefusal(newest.reason)?.remedy}</p>
        </div>
      )}
    </>
  );
}
