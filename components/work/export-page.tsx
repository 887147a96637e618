"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { endExport } from "#app/(console)/work/actions.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { useChange } from "#components/people/use-change.ts";
import { exportText as text, workListText, workText } from "#components/strings/work.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import { AskButton } from "#components/work/ask-button.tsx";
import { timesOf } from "#components/work/bulk-page.tsx";
import { WorkProgress } from "#components/work/work-progress.tsx";
import { exportFileHref, exportQuery, isOpen, workKey } from "#components/work/work-queries.ts";
import { exportContent, workTones } from "#components/work/work-words.ts";
import { may } from "#server/domain/roles.ts";
import type { ExportView } from "#server/services/export/view.ts";

/** One export: how far it is, what is in it, and its file. */
export function ExportPage({ first }: { readonly first: ExportView }) {
  const { data: file, error } = useQuery({ ...exportQuery(first.id), initialData: first });
  return (
    <>
      <ExportHeader file={file} />
      <div className="flex flex-col gap-4">
        {error !== null && <ErrorNote>{error.message}</ErrorNote>}
        {file.error !== "" && <ErrorNote>{file.error}</ErrorNote>}
        {file.isExpired && <p className="text-ink-2">{text.expired}</p>}
        <Card labelledBy="progress">
          <CardHeader id="progress" title={text.progress} />
          <CardBody>
            <WorkProgress
              work={file}
              title={file.name}
              words={{
                done: file.done,
                text: `${workText.devicesOf(formatCount(file.done), formatCount(file.total))} · ${text.written(formatCount(file.rows), formatBytes(file.bytes))}`,
                perSecond: file.rowsPerSecond,
              }}
            />
          </CardBody>
        </Card>
        <Card labelledBy="details">
          <CardHeader id="details" title={text.details} />
          <CardBody>
            <KeyValues items={factsOf(file)} />
          </CardBody>
        </Card>
      </div>
    </>
  );
}

function ExportHeader({ file }: { readonly file: ExportView }) {
  const { role } = useShell().user;
  const target = new URLSearchParams({ target: `export:${file.id}` });
  return (
    <PageHeader
      title={<span className="wrap-anywhere">{file.name}</span>}
      badge={<StateBadge tone={workTones[file.state]}>{workText.states[file.state]}</StateBadge>}
      subtitle={
        <>
          {workListText.export(workText.formats[file.format])}{" "}
          <RelativeTime value={file.createdAt} /> {workText.by(file.createdBy)}
        </>
      }
      breadcrumb={[{ href: "/work", label: workText.title }, { label: file.name }]}
      actions={
        <>
          {may(role, "audit.view") && (
            <ButtonLink href={`/audit?${target.toString()}`}>{workText.audit}</ButtonLink>
          )}
          {may(role, "telemetry.export") && <Actions file={file} />}
        </>
      }
    />
  );
}

/** What its state allows. */
function Actions({ file }: { readonly file: ExportView }) {
  const queries = useQueryClient();
  const isReady = file.state === "done" && !file.isExpired;
  const { busy, change } = useChange(endExport, () => ({
    title: isReady ? text.deleted : text.cancelled,
  }));
  async function end() {
    await change({ exportId: file.id });
    await queries.invalidateQueries({ queryKey: workKey });
  }
  if (isOpen(file)) {
    return (
      <AskButton
        label={workText.cancel}
        title={text.cancelTitle}
        text={text.cancelText}
        keep={workText.keep}
        busy={busy}
        onConfirm={end}
      />
    );
  }
  if (!isReady) return null;
  return (
    <>
      <AskButton
        label={text.delete}
        title={text.deleteTitle}
        text={text.deleteText}
        keep={text.keepFile}
        busy={busy}
        onConfirm={end}
      />
      <ButtonLink href={exportFileHref(file.id)} variant="primary" prefetch={false} download>
        {text.download}
      </ButtonLink>
    </>
  );
}

function factsOf(file: ExportView): readonly KeyValue[] {
  const { telemetry, sha256, expiresAt, state } = file;
  return [
    { key: "content", label: text.content, value: exportContent(file) },
    ...(telemetry === null
      ? []
      : [
          { key: "from", label: text.from, value: <ExactTime value={telemetry.from} /> },
          { key: "to", label: text.to, value: <ExactTime value={telemetry.to} /> },
        ]),
    ...timesOf(file),
    ...(sha256 === ""
      ? []
      : [
          { key: "size", label: text.size, value: formatBytes(file.bytes) },
          {
            key: "sha256",
            label: text.sha256,
            value: <CopyText text={sha256} what={text.sha256} />,
          },
          {
            key: "downloads",
            label: text.downloads,
            value: text.times(formatCount(file.downloads)),
          },
        ]),
    ...(state !== "done" || expiresAt === null
      ? []
      : [{ key: "expires", label: text.expires, value: <ExactTime value={expiresAt} /> }]),
  ];
}
