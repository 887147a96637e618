"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { workNoticeText as text } from "#components/strings/work.ts";
import { formatCount } from "#components/ui/format.ts";
import { useToast, type ToastMessage } from "#components/ui/toast.tsx";
import { forgetWork, type WatchedWork } from "#components/work/watched-work.ts";
import { bulkJobQuery, exportQuery, isOpen } from "#components/work/work-queries.ts";
import { bulkTitle } from "#components/work/work-words.ts";
import type { BulkJobView } from "#server/services/bulk/view.ts";
import type { ExportView } from "#server/services/export/view.ts";

/** Follows one piece of work, and says when it has ended. */
export function WorkNotice({ kind, id }: WatchedWork) {
  return kind === "bulk" ? <BulkNotice id={id} /> : <ExportNotice id={id} />;
}

function BulkNotice({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(bulkJobQuery(id));
  useNotice(id, data === undefined || isOpen(data) ? undefined : bulkNotice(data), isError);
  return null;
}

function ExportNotice({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(exportQuery(id));
  useNotice(id, data === undefined || isOpen(data) ? undefined : exportNotice(data), isError);
  return null;
}

/** Once; what cannot be read any more is given up. */
function useNotice(id: string, notice: ToastMessage | undefined, isLost: boolean) {
  const toast = useToast();
  const isOver = notice !== undefined || isLost;
  const say = useEffectEvent(() => {
    forgetWork(id);
    if (notice !== undefined) toast(notice);
  });
  useEffect(() => {
    if (isOver) say();
  }, [isOver]);
}

function bulkNotice(job: BulkJobView): ToastMessage {
  const title = bulkTitle(job);
  const isDone = job.state === "done";
  return {
    tone: !isDone || job.failed > 0 ? "warn" : "ok",
    title: isDone ? text.bulkDone(title) : text.bulkEnded(title),
    detail: text.bulkDetail(formatCount(job.done), formatCount(job.failed)),
  };
}

function exportNotice(file: ExportView): ToastMessage {
  return file.state === "done"
    ? { tone: "ok", title: text.exportDone(file.name), detail: text.exportDetail }
    : { tone: "warn", title: text.exportEnded(file.name), detail: file.error };
}
