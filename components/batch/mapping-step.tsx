"use client";
import {
  attributeOf,
  mappingProblem,
  targetWords,
  type Mapping,
} from "#components/batch/batch-draft.ts";
import { PreviewTable } from "#components/batch/preview-table.tsx";
import type { Preview } from "#components/batch/preview.ts";
import { batchWizardText } from "#components/strings/batch.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { manifestFields } from "#server/domain/device-batch.ts";

type MappingProps = {
  readonly mapping: Mapping;
  readonly onMapping: (mapping: Mapping) => void;
};

/** Step 2 of a manifest: what each column is. */
export function MappingStep({
  preview,
  mapping,
  origin,
  onMapping,
  onBack,
  onNext,
}: MappingProps & {
  readonly preview: Preview;
  /** Where the mapping comes from that nobody has touched yet. */
  readonly origin: "asked" | "remembered" | "guessed" | "failed";
  readonly onBack: () => void;
  readonly onNext: () => void;
}) {
  if (preview.kind === "unreadable") return null;
  const problem = origin === "asked" ? undefined : mappingProblem(mapping);
  return (
    <div className="flex flex-col gap-4">
      <Card labelledBy="mapping">
        <CardHeader id="mapping" title={batchWizardText.mapping} />
        <CardBody className="flex flex-col gap-3">
          <p className="text-ink-2">
            {batchWizardText.mappingText} {origin !== "asked" && originWords[origin]}
          </p>
          {origin === "asked" ? (
            <Skeleton className="h-24" />
          ) : (
            <Columns preview={preview} mapping={mapping} onMapping={onMapping} />
          )}
          {problem !== undefined && <ErrorNote>{problem}</ErrorNote>}
        </CardBody>
      </Card>
      <PreviewTable title={batchWizardText.preview(preview.rows.length)} preview={preview} />
      <div className="flex gap-2">
        <Button onClick={onBack}>{batchWizardText.back}</Button>
        <Button
          variant="primary"
          disabled={origin === "asked" || problem !== undefined}
          onClick={onNext}
        >
          {batchWizardText.next}
        </Button>
      </div>
    </div>
  );
}

const originWords = {
  remembered: batchWizardText.remembered,
  guessed: batchWizardText.guessed,
  failed: batchWizardText.mappingFailed,
} as const;

function Columns({
  preview,
  mapping,
  onMapping,
}: MappingProps & { readonly preview: Extract<Preview, { kind: "table" }> }) {
  function change(column: string, target: string) {
    const { [column]: _, ...others } = mapping;
    onMapping(target === "" ? others : { ...others, [column]: target });
  }
  return (
    <ul className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
      {preview.columns.map((column, index) => (
        <li key={`${index}:${column}`} className="min-w-0">
          {column !== "" && (
            <Field
              label={
                <>
                  <span className="sr-only">{batchWizardText.becomesOf(column)}</span>
                  <span aria-hidden className="font-mono">
                    {column}
                  </span>
                </>
              }
              hint={<span className="block truncate">{preview.rows[0]?.[index] ?? ""}</span>}
            >
              <Select
                className="w-full"
                value={mapping[column] ?? ""}
                onChange={(event) => change(column, event.target.value)}
                options={targetsOf(column, mapping[column])}
              />
            </Field>
          )}
        </li>
      ))}
    </ul>
  );
}

function targetsOf(column: string, chosen: string | undefined) {
  const own = attributeOf(column);
  // A remembered mapping may keep the column under another attribute's name.
  const remembered = chosen?.startsWith("attribute:") === true && chosen !== own ? [chosen] : [];
  return [
    { value: "", label: batchWizardText.leaveOut },
    ...[...manifestFields, ...remembered, own].map((target) => ({
      value: target,
      label: targetWords(target),
    })),
  ];
}
