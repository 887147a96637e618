"use client";
import { useState } from "react";
import { FileInput } from "#components/batch/file-step.tsx";
import { UploadCard } from "#components/batch/upload-step.tsx";
import { batchPageText, batchWizardText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field } from "#components/ui/input.tsx";
import type { BatchView } from "#server/services/batch/view.ts";

/** The whole file once more: after an upload that broke off, or in place of one with bad rows. */
export function ChooseAgain({
  batch,
  isBetter,
  onDone,
}: {
  readonly batch: BatchView;
  readonly isBetter: boolean;
  readonly onDone: () => void;
}) {
  const [file, setFile] = useState<File>();
  const [sending, setSending] = useState<File>();
  function done() {
    setSending(undefined);
    onDone();
  }
  if (sending !== undefined) {
    return <UploadCard batchId={batch.id} file={sending} onDone={done} />;
  }
  return (
    <Card labelledBy="choose-again">
      <CardHeader
        id="choose-again"
        title={isBetter ? batchPageText.betterTitle : batchPageText.chooseTitle}
      />
      <CardBody className="flex flex-col gap-3">
        <p className="text-ink-2">
          {isBetter ? batchPageText.betterText : batchPageText.chooseText}
        </p>
        <Field label={batchWizardText.file}>
          <FileInput onFile={setFile} />
        </Field>
        <div>
          <Button
            variant={isBetter ? "secondary" : "primary"}
            disabled={file === undefined}
            onClick={() => setSending(file)}
          >
            {batchPageText.chooseUpload}
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}
