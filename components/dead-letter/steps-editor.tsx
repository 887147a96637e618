"use client";
import { ArrowUp, Plus, X } from "lucide-react";
import {
  castTargets,
  draftStep,
  stepOps,
  stepParts,
  type StepDraft,
  type StepOp,
  type StepPart,
} from "#components/dead-letter/steps.ts";
import { stepText } from "#components/strings/workbench.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { Select } from "#components/ui/select.tsx";

/** The steps of a transform, one below the other, done in this order. */
export function StepsEditor({
  drafts,
  problems,
  none = stepText.none,
  onChange,
}: {
  readonly drafts: readonly StepDraft[];
  /** What a step lacks, by its key. */
  readonly problems: ReadonlyMap<string, string>;
  /** Said where there is no step yet. */
  readonly none?: string;
  readonly onChange: (drafts: readonly StepDraft[]) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="mb-2 text-sm font-medium text-ink">{stepText.legend}</legend>
      {drafts.length === 0 && <p className="text-ink-2">{none}</p>}
      <ol className="flex flex-col gap-2.5">
        {drafts.map((draft, index) => (
          <StepRow
            key={draft.key}
            draft={draft}
            number={index + 1}
            problem={problems.get(draft.key)}
            onChange={(next) => onChange(drafts.map((each) => (each === draft ? next : each)))}
            onRemove={() => onChange(drafts.filter((each) => each !== draft))}
            {...(index > 0 && { onUp: () => onChange(movedUp(drafts, index)) })}
          />
        ))}
      </ol>
      <div>
        <AddStep onAdd={(op) => onChange([...drafts, draftStep(op)])} />
      </div>
    </fieldset>
  );
}

function movedUp(drafts: readonly StepDraft[], index: number): readonly StepDraft[] {
  const moved = drafts.slice(index, index + 1);
  return [
    ...drafts.slice(0, index - 1),
    ...moved,
    ...drafts.slice(index - 1, index),
    ...drafts.slice(index + 1),
  ];
}

function AddStep({ onAdd }: { readonly onAdd: (op: StepOp) => void }) {
  return (
    <Menu
      align="start"
      trigger={
        <Button size="sm">
          <Plus aria-hidden className="size-3.5" />
          {stepText.add}
        </Button>
      }
    >
      {stepOps.map((op) => (
        <MenuItem key={op} onSelect={() => onAdd(op)}>
          <span className="w-20 shrink-0 font-medium">{stepText.ops[op]}</span>
          <span className="text-sm text-ink-2">{stepText.explained[op]}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}

function StepRow({
  draft,
  number,
  problem,
  onChange,
  onRemove,
  onUp,
}: {
  readonly draft: StepDraft;
  readonly number: number;
  readonly problem: string | undefined;
  readonly onChange: (draft: StepDraft) => void;
  readonly onRemove: () => void;
  readonly onUp?: () => void;
}) {
  const title = stepText.title(number, stepText.ops[draft.op]);
  return (
    <li
      aria-label={title}
      className="flex items-start gap-2 rounded border border-line bg-sunken p-2.5"
    >
      <div className="min-w-0 flex-1">
        <p className="mb-2 text-sm text-ink-2">
          <span className="font-medium text-ink">{title}</span> {stepText.explained[draft.op]}
        </p>
        <div className="grid gap-2.5 sm:grid-cols-2">
          {stepParts[draft.op].map((part) => (
            <PartField key={part} draft={draft} part={part} onChange={onChange} />
          ))}
        </div>
        {problem !== undefined && <p className="mt-1.5 text-sm text-ink-3">{problem}</p>}
      </div>
      <div className="-mt-1 -mr-1 flex flex-col">
        <Button
          variant="ghost"
          size="sm"
          iconOnly
          aria-label={stepText.remove(title)}
          onClick={onRemove}
        >
          <X aria-hidden className="size-4" />
        </Button>
        {onUp !== undefined && (
          <Button variant="ghost" size="sm" iconOnly aria-label={stepText.up(title)} onClick={onUp}>
            <ArrowUp aria-hidden className="size-4" />
          </Button>
        )}
      </div>
    </li>
  );
}

function PartField({
  draft,
  part,
  onChange,
}: {
  readonly draft: StepDraft;
  readonly part: StepPart;
  readonly onChange: (draft: StepDraft) => void;
}) {
  const value = draft.parts[part] ?? "";
  const write = (text: string) => onChange({ ...draft, parts: { ...draft.parts, [part]: text } });
  return (
    <Field
      label={stepText.partOf(draft.op, part)}
      className={part === "expression" ? "sm:col-span-2" : ""}
    >
      {draft.op === "cast" && part === "to" ? (
        <Select
          className="w-full"
          options={castTargets.map((target) => ({ value: target, label: stepText.casts[target] }))}
          value={value}
          onChange={(event) => write(event.target.value)}
        />
      ) : (
        <Input
          mono
          value={value}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="none"
          maxLength={2048}
          onChange={(event) => write(event.target.value)}
        />
      )}
    </Field>
  );
}
