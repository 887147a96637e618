"use client";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { keyed, type Keyed } from "#components/schema/editor-draft.ts";
import { editorText } from "#components/strings/schema.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { Select, type SelectOption } from "#components/ui/select.tsx";
import type { SchemaExample } from "#server/domain/schema-definition.ts";
import type { ExampleView } from "#server/services/schema/view.ts";

const newExample = (number: number): SchemaExample => ({
  name: editorText.exampleNumber(number),
  payload: "{\n  \n}",
  encoding: "text",
  contentType: "",
  expect: "pass",
});

/** Payloads that the schema must take or refuse, each with what happens to it now. */
export function ExamplesCard({
  examples,
  results,
  readOnly,
  traffic,
  onChange,
}: {
  readonly examples: readonly Keyed<SchemaExample>[];
  /** In the order of the examples; undefined while they are being checked. */
  readonly results: readonly ExampleView[] | undefined;
  readonly readOnly: boolean;
  /** Takes an example from what devices sent. */
  readonly traffic?: ReactNode;
  readonly onChange: (examples: readonly Keyed<SchemaExample>[]) => void;
}) {
  return (
    <Card labelledBy="examples">
      <CardHeader id="examples" title={editorText.examples} />
      <CardBody className="flex flex-col gap-3">
        <p className="text-sm text-ink-3">{editorText.examplesHint}</p>
        {examples.length === 0 && <p className="text-ink-2">{editorText.noExamples}</p>}
        <ul className="flex flex-col">
          {examples.map((example, index) => (
            <ExampleRow
              key={example.key}
              example={example.part}
              number={index + 1}
              result={results?.[index]}
              waiting={results === undefined}
              readOnly={readOnly}
              onChange={(change) =>
                onChange(
                  examples.map((each) =>
                    each === example ? { ...each, part: { ...each.part, ...change } } : each,
                  ),
                )
              }
              onRemove={() => onChange(examples.filter((each) => each !== example))}
            />
          ))}
        </ul>
        {!readOnly && (
          <div className="flex flex-wrap gap-2">
            <Button
              size="sm"
              onClick={() => onChange([...examples, keyed(newExample(examples.length + 1))])}
            >
              <Plus aria-hidden className="size-3.5" />
              {editorText.addExample}
            </Button>
            {traffic}
          </div>
        )}
      </CardBody>
    </Card>
  );
}

type RowProps = {
  readonly example: SchemaExample;
  readonly number: number;
  readonly result: ExampleView | undefined;
  readonly waiting: boolean;
  readonly readOnly: boolean;
  readonly onChange: (change: Partial<SchemaExample>) => void;
  readonly onRemove: () => void;
};

function ExampleRow(props: RowProps) {
  const { example, number, result, waiting, readOnly, onChange } = props;
  const lines = example.payload.split("\n").length;
  return (
    <li
      aria-label={editorText.exampleNumber(number)}
      className="flex flex-col gap-2 border-b border-line py-3 first:pt-0 last:border-b-0"
    >
      <ExampleHead {...props} />
      <Field label={editorText.examplePayload} hideLabel>
        <Textarea
          mono
          value={example.payload}
          maxLength={65_536}
          readOnly={readOnly}
          spellCheck={false}
          rows={Math.min(Math.max(lines, 3), 12)}
          onChange={(event) => onChange({ payload: event.currentTarget.value })}
        />
      </Field>
      <Outcome expect={example.expect} result={result} waiting={waiting} />
    </li>
  );
}

const expectations: readonly SelectOption[] = [
  { value: "pass", label: editorText.expectPass },
  { value: "fail", label: editorText.expectFail },
];
const encodings: readonly SelectOption[] = [
  { value: "text", label: editorText.exampleText },
  { value: "base64", label: editorText.exampleBase64 },
];

function ExampleHead({ example, readOnly, onChange, onRemove }: RowProps) {
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Field label={editorText.exampleName} className="min-w-40 flex-1">
        <Input
          value={example.name}
          maxLength={120}
          readOnly={readOnly}
          autoComplete="off"
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      </Field>
      <Field label={editorText.exampleExpect}>
        <Select
          value={example.expect}
          disabled={readOnly}
          options={expectations}
          onChange={({ currentTarget: { value } }) =>
            onChange({ expect: value === "fail" ? "fail" : "pass" })
          }
        />
      </Field>
      <Field label={editorText.exampleContentType} className="w-40">
        <Input
          mono
          value={example.contentType}
          maxLength={128}
          readOnly={readOnly}
          placeholder="application/json"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ contentType: event.currentTarget.value })}
        />
      </Field>
      <Field label={editorText.exampleAs}>
        <Select
          value={example.encoding}
          disabled={readOnly}
          options={encodings}
          onChange={({ currentTarget: { value } }) =>
            onChange({ encoding: value === "base64" ? "base64" : "text" })
          }
        />
      </Field>
      {!readOnly && (
        <Button
          variant="ghost"
          iconOnly
          aria-label={editorText.exampleRemove(example.name)}
          onClick={onRemove}
        >
          <X aria-hidden className="size-4" />
        </Button>
      )}
    </div>
  );
}

function Outcome({
  expect,
  result,
  waiting,
}: Pick<RowProps, "result" | "waiting"> & Pick<SchemaExample, "expect">) {
  if (result === undefined) {
    return (
      <p className="text-sm text-ink-3">
        {waiting ? editorText.exampleWaiting : editorText.exampleUnknown}
      </p>
    );
  }
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <StateBadge tone={result.ok ? "ok" : "bad"}>
        {result.ok ? editorText.holds[expect] : editorText.breaks[result.result]}
      </StateBadge>
      <span className="wrap-anywhere text-ink-2">{result.detail}</span>
    </p>
  );
}
