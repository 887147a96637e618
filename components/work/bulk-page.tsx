"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { cancelChange } from "#app/(console)/work/actions.ts";
import { ShareBar } from "#components/charts/share-bar.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { useChange } from "#components/people/use-change.ts";
import { bulkPageText as text, workText } from "#components/strings/work.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import { AskButton } from "#components/work/ask-button.tsx";
import { BulkDevices } from "#components/work/bulk-devices.tsx";
import { WorkProgress } from "#components/work/work-progress.tsx";
import { bulkJobQuery, bulkReportHref, isOpen, workKey } from "#components/work/work-queries.ts";
import { bulkTitle, deviceStateTones, workTones } from "#components/work/work-words.ts";
import { bulkCapability, bulkDeviceStates } from "#server/domain/bulk-action.ts";
import { may } from "#server/domain/roles.ts";
import type { BulkJobDetail } from "#server/services/bulk/view.ts";

/** One change of many devices: how far it is, and what became of each. */
export function BulkPage({ first }: { readonly first: BulkJobDetail }) {
  const { data: job, error } = useQuery({ ...bulkJobQuery(first.id), initialData: first });
  return (
    <>
      <BulkHeader job={job} />
      <div className="flex flex-col gap-4">
        {error !== null && <ErrorNote>{error.message}</ErrorNote>}
        {job.error !== "" && <ErrorNote>{job.error}</ErrorNote>}
        <BulkProgress job={job} />
        <BulkDevices job={job} />
        <Card labelledBy="details">
          <CardHeader id="details" title={text.details} />
          <CardBody>
            <KeyValues items={factsOf(job)} />
          </CardBody>
        </Card>
      </div>
    </>
  );
}

function BulkHeader({ job }: { readonly job: BulkJobDetail }) {
  const { role } = useShell().user;
  const queries = useQueryClient();
  const { busy, change } = useChange(cancelChange, () => ({ title: text.cancelled }));
  const title = bulkTitle(job);
  const target = new URLSearchParams({ target: `bulk:${job.id}` });
  return (
    <PageHeader
      title={<span className="wrap-anywhere">{title}</span>}
      badge={<StateBadge tone={workTones[job.state]}>{workText.states[job.state]}</StateBadge>}
      subtitle={
        <>
          <RelativeTime value={job.createdAt} /> {workText.by(job.createdBy)}
        </>
      }
      breadcrumb={[{ href: "/work", label: workText.title }, { label: title }]}
      actions={
        <>
          {may(role, "audit.view") && (
            <ButtonLink href={`/audit?${target.toString()}`}>{workText.audit}</ButtonLink>
          )}
          <ButtonLink href={bulkReportHref(job.id)} prefetch={false} download>
            {text.report}
          </ButtonLink>
          {isOpen(job) && may(role, bulkCapability(job.action)) && (
            <AskButton
              label={workText.cancel}
              title={text.cancelTitle}
              text={text.cancelText}
              keep={workText.keep}
              busy={busy}
              onConfirm={async () => {
                await change({ jobId: job.id });
                await queries.invalidateQueries({ queryKey: workKey });
              }}
            />
          )}
        </>
      }
    />
  );
}

function BulkProgress({ job }: { readonly job: BulkJobDetail }) {
  const done = job.total - job.counts.waiting;
  return (
    <Card labelledBy="progress">
      <CardHeader id="progress" title={text.progress} />
      <CardBody>
        <WorkProgress
          work={job}
          title={bulkTitle(job)}
          words={{
            done,
            text: text.doneOf(formatCount(done), formatCount(job.total)),
            perSecond: job.ratePerSecond,
          }}
        />
        <div className="mt-4">
          <ShareBar
            parts={bulkDeviceStates.map((state) => ({
              id: state,
              label: labelOf(job, state),
              value: job.counts[state],
              tone: state === "waiting" ? "none" : deviceStateTones[state],
            }))}
          />
        </div>
      </CardBody>
    </Card>
  );
}

/** What has not been reached when it ended never will be. */
const labelOf = (job: BulkJobDetail, state: (typeof bulkDeviceStates)[number]) =>
  state === "waiting" && !isOpen(job) ? text.notReached : workText.deviceStates[state];

function factsOf(job: BulkJobDetail): readonly KeyValue[] {
  return [
    { key: "who", label: text.who, value: job.createdBy },
    ...(job.reason === "" ? [] : [{ key: "reason", label: text.reason, value: job.reason }]),
    ...timesOf(job),
    ...(job.cancelledBy === null
      ? []
      : [{ key: "cancelled", label: text.cancelledBy, value: job.cancelledBy }]),
  ];
}

/** When work began and ended. */
export function timesOf(work: {
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}): readonly KeyValue[] {
  const { startedAt, finishedAt } = work;
  return [
    ...(startedAt === null
      ? []
      : [{ key: "started", label: text.started, value: <ExactTime value={startedAt} /> }]),
    ...(finishedAt === null
      ? []
      : [{ key: "finished", label: text.finished, value: <ExactTime value={finishedAt} /> }]),
  ];
}
