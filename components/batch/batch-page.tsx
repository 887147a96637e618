"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { BadRows } from "#components/batch/bad-rows.tsx";
import { BatchDetails } from "#components/batch/batch-details.tsx";
import { BatchFiles } from "#components/batch/batch-files.tsx";
import { BatchHeader } from "#components/batch/batch-header.tsx";
import { batchKey, batchQuery } from "#components/batch/batch-queries.ts";
import { hasEnded } from "#components/batch/batch-state.ts";
import { ChooseAgain } from "#components/batch/choose-again.tsx";
import { Decision } from "#components/batch/decision.tsx";
import { Ending } from "#components/batch/ending.tsx";
import { MappingReportCard } from "#components/batch/mapping-report.tsx";
import { Ready } from "#components/batch/ready.tsx";
import { SampleTest } from "#components/batch/sample-test.tsx";
import { WorkProgress } from "#components/batch/work-progress.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { batchPageText } from "#components/strings/batch.ts";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { may } from "#server/domain/roles.ts";
import type { BatchView } from "#server/services/batch/view.ts";

/** One batch: how far it is, what is wrong with it, and what its reader can do about it. */
export function BatchPage({ first }: { readonly first: BatchView }) {
  const { data: batch, error } = useQuery(batchQuery(first));
  const { role } = useShell().user;
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: batchKey(first.id) });
  const mayManage = may(role, "device.manage");
  return (
    <>
      <BatchHeader batch={batch} mayManage={mayManage} onChange={refresh} />
      <div className="flex flex-col gap-4">
        {error !== null && <ErrorNote>{error.message}</ErrorNote>}
        {batch.error !== "" && <ErrorNote>{batch.error}</ErrorNote>}
        <Warnings batch={batch} />
        <Stage {...{ batch, mayManage, refresh }} />
        <BatchFiles batch={batch} mayManage={mayManage} onChange={refresh} />
        {batch.source !== "manifest" && <MappingReportCard batch={batch} />}
        <BatchDetails batch={batch} />
      </div>
    </>
  );
}

type StageProps = {
  readonly batch: BatchView;
  readonly mayManage: boolean;
  readonly refresh: () => void;
};

/** What is to be seen and done in the batch's state. */
function Stage({ batch, mayManage, refresh }: StageProps) {
  switch (batch.state) {
    case "receiving":
      return <Receiving {...{ batch, mayManage, refresh }} />;
    case "checking":
    case "creating":
      return <WorkProgress batch={batch} />;
    case "refused":
      return (
        <>
          <BadRows batch={batch} />
          {mayManage && <ChooseAgain batch={batch} isBetter onDone={refresh} />}
        </>
      );
    case "ready":
      return <Ready batch={batch} mayManage={mayManage} onChange={refresh} />;
    case "sampling":
      return (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <SampleTest batch={batch} />
          <Decision batch={batch} onChange={refresh} />
        </div>
      );
    case "approved":
    case "rejected":
    case "cancelled":
    case "failed":
      return <Ending batch={batch} />;
  }
}

/** Rows are coming in, from here or from elsewhere; or an upload broke off. */
function Receiving({ batch, mayManage, refresh }: StageProps) {
  return (
    <>
      {batch.total > 0 && <WorkProgress batch={batch} />}
      {mayManage && <ChooseAgain batch={batch} isBetter={false} onDone={refresh} />}
    </>
  );
}

function Warnings({ batch }: { readonly batch: BatchView }) {
  if (batch.warnings.length === 0 || hasEnded(batch.state)) return null;
  return (
    <div
      role="note"
      className="rounded border border-warn/40 bg-warn-soft px-3 py-2 text-base text-warn"
    >
      <p className="font-medium">{batchPageText.warnings}</p>
      {batch.warnings.map((warning) => (
        <p key={warning} className="wrap-anywhere">
          {warning}
        </p>
      ))}
    </div>
  );
}
