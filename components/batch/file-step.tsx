"use client";
import { useEffect, useRef, useState } from "react";
import type { BatchDraft, ChosenFile } from "#components/batch/batch-draft.ts";
import { exportCommands } from "#components/batch/export-commands.ts";
import { previewBytes, previewOf } from "#components/batch/preview.ts";
import { batchText, batchWizardText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { formatBytes } from "#components/ui/format.ts";
import { Field, useFieldControl } from "#components/ui/input.tsx";
import { batchSources, maxManifestBytes, type BatchSource } from "#server/domain/device-batch.ts";

/** Step 1: where the list comes from, and its file. Only its beginning is read, here. */
export function FileStep({
  draft,
  chosen,
  onDraft,
  onChoose,
  onNext,
}: {
  readonly draft: BatchDraft;
  readonly chosen: ChosenFile | undefined;
  readonly onDraft: (draft: BatchDraft) => void;
  readonly onChoose: (chosen: ChosenFile | undefined) => void;
  readonly onNext: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  async function read(file: File | undefined) {
    onChoose(undefined);
    const found = file === undefined ? undefined : problemOfSize(file);
    setProblem(found);
    if (file === undefined || found !== undefined) return;
    const preview = previewOf(
      new Uint8Array(await file.slice(0, previewBytes).arrayBuffer()),
      file.size <= previewBytes,
    );
    if (preview.kind === "unreadable") setProblem(preview.problem);
    else onChoose({ file, preview });
  }
  return (
    <Card>
      <CardBody className="flex flex-col gap-5">
        <SourceChoice draft={draft} onDraft={onDraft} />
        <Field
          label={batchWizardText.file}
          hint={
            chosen === undefined
              ? batchWizardText.fileHint
              : batchWizardText.chosen(chosen.file.name, formatBytes(chosen.file.size))
          }
          error={problem}
          required
        >
          <FileInput onFile={(file) => void read(file)} />
        </Field>
        <div>
          <Button variant="primary" disabled={chosen === undefined} onClick={onNext}>
            {batchWizardText.next}
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}

function problemOfSize(file: File): string | undefined {
  if (file.size === 0) return batchWizardText.fileEmpty;
  return file.size > maxManifestBytes
    ? batchWizardText.fileLarge(formatBytes(file.size))
    : undefined;
}

/** The browser's own chooser. */
export function FileInput({ onFile }: { readonly onFile: (file: File | undefined) => void }) {
  const wiring = useFieldControl({});
  const input = useRef<HTMLInputElement>(null);
  const told = useRef(onFile);
  useEffect(() => {
    // A file may have been chosen before the page came alive.
    const early = input.current?.files?.[0];
    if (early !== undefined) told.current(early);
  }, []);
  return (
    <input
      {...wiring}
      ref={input}
      type="file"
      accept=".csv,.tsv,.txt,.json,.ndjson,.jsonl,text/csv,application/json,application/x-ndjson"
      onChange={(event) => onFile(event.target.files?.[0])}
      className="block w-full rounded border border-line-control bg-surface text-base text-ink file:mr-3 file:h-8.5 file:border-0 file:border-r file:border-line-control file:bg-sunken file:px-3 file:font-medium file:text-ink"
    />
  );
}

function SourceChoice({
  draft,
  onDraft,
}: {
  readonly draft: BatchDraft;
  readonly onDraft: (draft: BatchDraft) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{batchWizardText.source}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {batchSources.map((source) => (
          <label key={source} className="flex gap-2 text-base text-ink">
            <span className="flex h-5 items-center">
              <input
                type="radio"
                name="source"
                className="size-4 shrink-0 accent-accent"
                value={source}
                checked={draft.source === source}
                onChange={() => onDraft({ ...draft, source })}
              />
            </span>
            <span>
              {batchText.sources[source].label}
              <span className="block text-sm text-ink-3">{batchText.sources[source].hint}</span>
            </span>
          </label>
        ))}
      </div>
      <ExportCommands source={draft.source} />
    </fieldset>
  );
}

/** Commands that write the file, as the platform's own tools do it. */
function ExportCommands({ source }: { readonly source: BatchSource }) {
  const commands = exportCommands[source];
  if (commands === undefined) return null;
  return (
    <div className="mt-4">
      <p className="mb-1.5 text-sm font-medium">{batchWizardText.commands}</p>
      <CodeBlock
        code={commands}
        what={batchWizardText.commandsOf(batchText.sources[source].label)}
      />
    </div>
  );
}
