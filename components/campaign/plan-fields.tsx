"use client";
import { Trash2 } from "lucide-react";
import {
  withMoreWaves,
  type PlanDraft,
  type WaveDraft,
} from "#components/campaign/campaign-draft.ts";
import { campaignWizardText } from "#components/strings/campaign.ts";
import { Button } from "#components/ui/button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Failure } from "#server/web/failure.ts";

type PlanProps = {
  readonly plan: PlanDraft;
  readonly onPlan: (plan: PlanDraft) => void;
  readonly failure: Failure | undefined;
  /** Waves that have begun: their size stays. */
  readonly begun: number;
};

const units = [
  { value: "percent", label: campaignWizardText.percentOfAll },
  { value: "count", label: campaignWizardText.devices },
];

/** What no field of the plan says. */
export function PlanFailure({ failure }: { readonly failure: Failure | undefined }) {
  const isShown = failure?.fields.some(({ path }) =>
    /^(?:waves|perMinute|patienceDays)\b/.test(path),
  );
  return isShown === true ? null : <FailureNote failure={failure} />;
}

/** Waves, rate and patience of a campaign. */
export function PlanFields({ plan, onPlan, failure, begun }: PlanProps) {
  const problem = (path: string) => failure?.fields.find((field) => field.path === path)?.message;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-2">{campaignWizardText.wavesText}</p>
      <ol className="flex flex-col gap-3">
        {plan.waves.map((wave, index) => (
          <WaveFields
            key={wave.key}
            wave={wave}
            number={index + 1}
            isBegun={index < begun}
            isLast={index === plan.waves.length - 1}
            problem={
              failure?.fields.find(({ path }) => path.startsWith(`waves.${index}.`))?.message
            }
            onChange={(next) => onPlan({ ...plan, waves: plan.waves.with(index, next) })}
            onRemove={() => onPlan({ ...plan, waves: plan.waves.toSpliced(index, 1) })}
          />
        ))}
      </ol>
      {problem("waves") !== undefined && <ErrorNote>{problem("waves")}</ErrorNote>}
      <div>
        <Button
          size="sm"
          disabled={plan.waves.length >= 20}
          onClick={() => onPlan({ ...plan, waves: withMoreWaves(plan.waves) })}
        >
          {campaignWizardText.addWave}
        </Button>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={campaignWizardText.perMinute}
          hint={campaignWizardText.perMinuteHint}
          error={problem("perMinute")}
        >
          <Input
            inputMode="numeric"
            autoComplete="off"
            value={plan.perMinute}
            onChange={(event) => onPlan({ ...plan, perMinute: event.target.value })}
          />
        </Field>
        <Field
          label={campaignWizardText.patience}
          hint={campaignWizardText.patienceHint}
          error={problem("patienceDays")}
        >
          <Input
            inputMode="numeric"
            autoComplete="off"
            value={plan.patienceDays}
            onChange={(event) => onPlan({ ...plan, patienceDays: event.target.value })}
          />
        </Field>
      </div>
    </div>
  );
}

type WaveProps = {
  readonly wave: WaveDraft;
  readonly number: number;
  readonly isBegun: boolean;
  readonly isLast: boolean;
  readonly problem: string | undefined;
  readonly onChange: (wave: WaveDraft) => void;
  readonly onRemove: () => void;
};

function WaveFields({ wave, number, isBegun, isLast, problem, onChange, onRemove }: WaveProps) {
  return (
    <li className="rounded border border-line p-3" data-wave={number}>
      <div className="mb-2 flex min-h-7 items-center justify-between gap-2">
        <p className="text-sm font-semibold">
          {campaignWizardText.wave(number)}
          {isBegun && (
            <span className="ml-2 font-normal text-ink-3">{campaignWizardText.begun}</span>
          )}
        </p>
        {!isLast && !isBegun && (
          <Button
            variant="ghost"
            size="sm"
            iconOnly
            aria-label={campaignWizardText.removeWave(number)}
            onClick={onRemove}
          >
            <Trash2 aria-hidden className="size-3.5" />
          </Button>
        )}
      </div>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-[auto_1fr_1fr_1fr]">
        <Size {...{ wave, number, onChange }} isFixed={isBegun || isLast} />
        <NumberField
          label={campaignWizardText.halt}
          name={campaignWizardText.haltOf(number)}
          value={wave.halt}
          onChange={(halt) => onChange({ ...wave, halt })}
        />
        {!isLast && (
          <>
            <NumberField
              label={campaignWizardText.minDone}
              name={campaignWizardText.minDoneOf(number)}
              value={wave.minDone}
              onChange={(minDone) => onChange({ ...wave, minDone })}
            />
            <NumberField
              label={campaignWizardText.soak}
              name={campaignWizardText.soakOf(number)}
              value={wave.soak}
              onChange={(soak) => onChange({ ...wave, soak })}
            />
          </>
        )}
      </div>
      {problem !== undefined && (
        <p role="alert" className="mt-2 text-sm text-bad">
          {problem}
        </p>
      )}
    </li>
  );
}

function Size({
  wave,
  number,
  isFixed,
  onChange,
}: Pick<WaveProps, "wave" | "number" | "onChange"> & { readonly isFixed: boolean }) {
  return (
    <div className="col-span-2 sm:col-span-1">
      <p aria-hidden className="mb-1 text-sm font-medium">
        {campaignWizardText.size}
      </p>
      <div className="flex gap-2">
        <Input
          aria-label={campaignWizardText.sizeOf(number)}
          className="max-w-20"
          inputMode="decimal"
          autoComplete="off"
          disabled={isFixed}
          value={wave.size}
          onChange={(event) => onChange({ ...wave, size: event.target.value })}
        />
        <Select
          aria-label={campaignWizardText.unitOf(number)}
          disabled={isFixed}
          value={wave.unit}
          options={units}
          onChange={({ currentTarget }) =>
            onChange({ ...wave, unit: currentTarget.value === "count" ? "count" : "percent" })
          }
        />
      </div>
    </div>
  );
}

function NumberField({
  label,
  name,
  value,
  onChange,
}: {
  readonly label: string;
  /** For those who do not see which wave it stands in. */
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <div className="min-w-0">
      <p aria-hidden className="mb-1 truncate text-sm font-medium">
        {label}
      </p>
      <Input
        aria-label={name}
        inputMode="decimal"
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
