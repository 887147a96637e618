"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { batchHref } from "#components/batch/batch-queries.ts";
import { Progress } from "#components/batch/progress.tsx";
import { uploadManifest, type Upload } from "#components/batch/upload-manifest.ts";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import { batchWizardText } from "#components/strings/batch.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatBytes } from "#components/ui/format.ts";

/** Step 4: the file goes up; afterwards the batch's own page goes on. */
export function UploadStep({ batchId, file }: { readonly batchId: string; readonly file: File }) {
  const router = useRouter();
  return (
    <UploadCard
      batchId={batchId}
      file={file}
      onDone={() => router.replace(batchHref(batchId))}
      aside={
        <ButtonLink size="sm" href={batchHref(batchId)}>
          {batchWizardText.openPage}
        </ButtonLink>
      }
    />
  );
}

type UploadState = {
  /** Bytes. */
  readonly sent: number;
  readonly failed: Extract<Upload, { ok: false }> | undefined;
  readonly taken: boolean;
  readonly again: () => void;
};

/** Sends the file at once, and again when asked. */
function useUpload(batchId: string, file: File, onDone: () => void): UploadState {
  const [sent, setSent] = useState(0);
  const [result, setResult] = useState<Upload>();
  const [run, setRun] = useState(0);
  const begun = useRef(-1);
  const done = useRef(onDone);
  useEffect(() => {
    // React mounts twice in development; a file is sent once.
    if (begun.current === run) return;
    begun.current = run;
    void uploadManifest(batchId, file, setSent).then((answer) => {
      setResult(answer);
      if (answer.ok) done.current();
    });
  }, [batchId, file, run]);
  return {
    sent,
    failed: result?.ok === false ? result : undefined,
    taken: result?.ok === true,
    again: () => {
      setResult(undefined);
      setSent(0);
      setRun(run + 1);
    },
  };
}

/** Uploads as soon as it is shown, and says how far it is. */
export function UploadCard({
  batchId,
  file,
  onDone,
  aside,
}: {
  readonly batchId: string;
  readonly file: File;
  /** The file was taken: the batch knows more. */
  readonly onDone: () => void;
  /** Beside the title of an upload that failed. */
  readonly aside?: ReactNode;
}) {
  const { sent, failed, taken, again } = useUpload(batchId, file, onDone);
  const guard = useLeaveGuard(failed === undefined && !taken, batchWizardText);
  return (
    <Card labelledBy="upload">
      <CardHeader id="upload" title={batchWizardText.uploading} {...(failed && { aside })} />
      <CardBody className="flex flex-col gap-3">
        <p className="text-ink-2">{batchWizardText.uploadText}</p>
        <Progress label={batchWizardText.uploading} share={sent / Math.max(1, file.size)} />
        <p aria-live="polite" className="text-ink-2 tabular-nums">
          {sent >= file.size && failed === undefined
            ? batchWizardText.received
            : batchWizardText.uploadedOf(
                formatBytes(Math.min(sent, file.size)),
                formatBytes(file.size),
              )}
        </p>
        {failed !== undefined && (
          <>
            <ErrorNote remedy={failed.remedy ?? undefined}>{failed.message}</ErrorNote>
            <div>
              <Button variant="primary" onClick={again}>
                {batchWizardText.retry}
              </Button>
            </div>
          </>
        )}
      </CardBody>
      {guard}
    </Card>
  );
}
