import Link from "next/link";
import type { ReactNode } from "react";
import { hubText } from "#components/strings/onboard-hub.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { OnboardWaiting } from "#server/services/onboard/waiting.ts";

/** What somebody has to decide or mend, a few of each kind. */
export function WaitsCard({
  waiting,
  error,
}: {
  readonly waiting: OnboardWaiting;
  readonly error: Error | null;
}) {
  const nothing =
    waiting.pending.count + waiting.batches.length + waiting.quarantined + waiting.refused.count ===
    0;
  return (
    <Card labelledBy="waits">
      <CardHeader id="waits" title={hubText.waits} />
      {error !== null && (
        <div className="p-3.5">
          <ErrorNote remedy={error.message}>{hubText.waitsFailed}</ErrorNote>
        </div>
      )}
      {nothing && <p className="px-3.5 py-10 text-center text-ink-2">{hubText.nothingWaits}</p>}
      <Pending pending={waiting.pending} />
      <Batches batches={waiting.batches} />
      {waiting.quarantined > 0 && (
        <Part id="quarantine" title={hubText.inQuarantine}>
          <li>
            <Link href="/onboard/quarantine?batches=all" className="text-accent hover:underline">
              {hubText.inQuarantineText(formatCount(waiting.quarantined))}
            </Link>
          </li>
        </Part>
      )}
      <Refused refused={waiting.refused} />
    </Card>
  );
}

function Part({
  id,
  title,
  more,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly more?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section
      aria-labelledby={`waits-${id}`}
      className="border-b border-line px-3.5 py-3 last:border-b-0"
    >
      <div className="mb-1.5 flex items-baseline justify-between gap-3">
        <h3 id={`waits-${id}`} className="text-sm font-medium text-ink-2">
          {title}
        </h3>
        {more}
      </div>
      <ul className="flex flex-col gap-2">{children}</ul>
    </section>
  );
}

function All({ href, count }: { readonly href: string; readonly count: number }) {
  return (
    <Link href={href} className="text-sm text-accent hover:underline">
      {hubText.pendingAll(formatCount(count))}
    </Link>
  );
}

function Pending({ pending }: { readonly pending: OnboardWaiting["pending"] }) {
  if (pending.count === 0) return null;
  return (
    <Part
      id="pending"
      title={hubText.pending}
      more={<All href="/onboard/requests" count={pending.count} />}
    >
      {pending.newest.map((request) => (
        <li key={request.id} className="flex items-baseline justify-between gap-3">
          <span className="min-w-0 wrap-anywhere">
            <Link
              href={`/onboard/requests?request=${request.id}`}
              className="font-medium text-ink hover:underline"
            >
              {request.registrationId}
            </Link>{" "}
            <span className="text-ink-3">{hubText.inGroup(request.groupName)}</span>
          </span>
          <span className="shrink-0 text-sm text-ink-3">
            <RelativeTime value={request.lastAt} />
          </span>
        </li>
      ))}
    </Part>
  );
}

function Batches({ batches }: { readonly batches: OnboardWaiting["batches"] }) {
  if (batches.length === 0) return null;
  return (
    <Part id="batches" title={hubText.batchesAtWork}>
      {batches.map((batch) => (
        <li key={batch.id} className="wrap-anywhere">
          <Link
            href={`/onboard/batches/${batch.id}`}
            className="font-medium text-ink hover:underline"
          >
            {batch.name}
          </Link>
          <span className="block text-ink-2">
            {hubText.batchStates[batch.state]}
            {batch.total > 0 && (
              <span className="text-ink-3">
                {" · "}
                {hubText.batchProgress(formatCount(batch.done), formatCount(batch.total))}
              </span>
            )}
          </span>
        </li>
      ))}
    </Part>
  );
}

function Refused({ refused }: { readonly refused: OnboardWaiting["refused"] }) {
  if (refused.count === 0) return null;
  return (
    <Part
      id="refused"
      title={hubText.refused}
      more={<All href="/onboard/requests?state=refused" count={refused.count} />}
    >
      {refused.newest.map((request) => (
        <li key={request.id} className="wrap-anywhere">
          <p className="flex items-baseline justify-between gap-3">
            <span className="min-w-0">
              <span className="font-medium text-ink">{request.registrationId}</span>{" "}
              <Link
                href={`/onboard/groups/${request.groupId}`}
                className="text-ink-3 hover:underline"
              >
                {hubText.inGroup(request.groupName)}
              </Link>
            </span>
            <span className="shrink-0 text-sm text-ink-3">
              {request.attempts > 1 && `${hubText.refusedTimes(formatCount(request.attempts))} · `}
              <RelativeTime value={request.lastAt} />
            </span>
          </p>
          <p className="text-ink-2">{request.detail}</p>
        </li>
      ))}
    </Part>
  );
}
