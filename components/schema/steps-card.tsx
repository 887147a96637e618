"use client";
import type { StepDraft } from "#components/dead-letter/steps.ts";
import { StepsEditor } from "#components/dead-letter/steps-editor.tsx";
import { editorText } from "#components/strings/schema.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/input.tsx";

/** What is done to readings after they were found valid, and which of them are not stored. */
export function StepsCard({
  steps,
  unfinished,
  dropWhen,
  readOnly,
  onSteps,
  onDropWhen,
}: {
  readonly steps: readonly StepDraft[];
  /** What steps lack, by their keys. */
  readonly unfinished: ReadonlyMap<string, string>;
  readonly dropWhen: string;
  readonly readOnly: boolean;
  readonly onSteps: (steps: readonly StepDraft[]) => void;
  readonly onDropWhen: (expression: string) => void;
}) {
  return (
    <Card labelledBy="processing">
      <CardHeader id="processing" title={editorText.processing} />
      <CardBody className="flex flex-col gap-4">
        <p className="text-sm text-ink-3">{editorText.processingHint}</p>
        {readOnly && steps.length === 0 ? (
          <p className="text-ink-2">{editorText.noSteps}</p>
        ) : (
          <fieldset disabled={readOnly}>
            <legend className="sr-only">{editorText.processing}</legend>
            <StepsEditor
              drafts={steps}
              problems={unfinished}
              none={editorText.noSteps}
              onChange={onSteps}
            />
          </fieldset>
        )}
        <Field label={editorText.dropWhen} hint={editorText.dropWhenHint}>
          <Input
            mono
            value={dropWhen}
            maxLength={2048}
            readOnly={readOnly}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onDropWhen(event.currentTarget.value)}
          />
        </Field>
      </CardBody>
    </Card>
  );
}
