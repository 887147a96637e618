"use client";
import { useState } from "react";
import { EditableCard, type PartForm } from "#components/profile/editable-card.tsx";
import { ListFields, RemoveButton } from "#components/profile/list-fields.tsx";
import { profileText, severityNames } from "#components/strings/profile.ts";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { useHydrated } from "#components/ui/clock.tsx";
import { unitSpace } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { useMetricUnits, type MetricUnits } from "#components/units/use-metric-units.ts";
import type { Threshold } from "#server/domain/profile-parts.ts";
import type { Display } from "#server/domain/units.ts";
import type { ProfileView } from "#server/services/profile/show.ts";

const severities = ["warning", "critical"] as const;

/** Bounds as they are typed, in the reader's unit; empty for none. */
type Typed = {
  readonly metric: string;
  readonly low: string;
  readonly high: string;
  readonly severity: Threshold["severity"];
};

function typedOf(thresholds: readonly Threshold[], units: MetricUnits): readonly Typed[] {
  return thresholds.map(({ metric, low, high, severity }) => {
    const { of } = units(metric);
    return {
      metric,
      low: low === null ? "" : String(of(low)),
      high: high === null ? "" : String(of(high)),
      severity,
    };
  });
}

/** In the metric's own unit. */
function bound(text: string, { back }: Display): number | null {
  return text.trim() === "" ? null : back(Number(text));
}

const blank: Typed = { metric: "", low: "", high: "", severity: "warning" };

type CardProps = { readonly profile: ProfileView; readonly mayManage: boolean };

/** Within which bounds the metrics of a profile are as they should be. */
export function ThresholdsCard(props: CardProps) {
  const units = useMetricUnits();
  // What the server has rendered knows no units yet; what came meanwhile must not differ from it.
  const hydrated = useHydrated();
  if (units === undefined || !hydrated) return <Skeleton className="h-32 w-full opacity-40" />;
  return <KnownThresholds {...props} units={units} />;
}

function KnownThresholds({
  profile,
  mayManage,
  units,
}: CardProps & { readonly units: MetricUnits }) {
  const { thresholds } = profile;
  const [typed, setTyped] = useState<readonly Typed[]>([]);
  return (
    <EditableCard
      profile={profile}
      title={profileText.thresholdsTitle}
      mayManage={mayManage}
      onEdit={() => setTyped(thresholds.length === 0 ? [blank] : typedOf(thresholds, units))}
      changed={() => ({
        thresholds: typed.map(({ low, high, ...each }) => ({
          ...each,
          low: bound(low, units(each.metric)),
          high: bound(high, units(each.metric)),
        })),
      })}
      form={({ fieldError }) => (
        <Fields typed={typed} units={units} fieldError={fieldError} onChange={setTyped} />
      )}
    >
      {thresholds.length === 0 ? (
        <p className="text-ink-2">{profileText.thresholdsNone}</p>
      ) : (
        <Rows thresholds={thresholds} units={units} />
      )}
    </EditableCard>
  );
}

function Rows({
  thresholds,
  units,
}: {
  readonly thresholds: readonly Threshold[];
  readonly units: MetricUnits;
}) {
  const shown = (value: number | null, { of, unit }: Display) =>
    value === null ? profileText.none : `${of(value)}${unitSpace}${unit}`.trim();
  return (
    <Table aria-label={profileText.thresholdsTitle}>
      <thead>
        <Tr>
          <Th>{profileText.metric}</Th>
          <Th className="text-right">{profileText.low}</Th>
          <Th className="text-right">{profileText.high}</Th>
          <Th>{profileText.severity}</Th>
        </Tr>
      </thead>
      <tbody>
        {thresholds.map(({ metric, low, high, severity }, index) => (
          <Tr key={index}>
            <Td className="font-mono text-sm">{metric}</Td>
            <Td className="text-right tabular-nums">{shown(low, units(metric))}</Td>
            <Td className="text-right tabular-nums">{shown(high, units(metric))}</Td>
            <Td>{severityNames[severity]}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Fields({
  typed,
  units,
  fieldError,
  onChange,
}: Parameters<PartForm>[0] & {
  readonly typed: readonly Typed[];
  readonly units: MetricUnits;
  readonly onChange: (typed: readonly Typed[]) => void;
}) {
  return (
    <ListFields list={typed} blank={blank} addLabel={profileText.addThreshold} onChange={onChange}>
      {({ item, index, change, remove }) => (
        <ThresholdFields
          threshold={item}
          unit={units(item.metric).unit}
          fieldError={(name) => fieldError(`thresholds.${index}.${name}`)}
          onChange={change}
          onRemove={remove}
        />
      )}
    </ListFields>
  );
}

function ThresholdFields({
  threshold,
  unit,
  fieldError,
  onChange,
  onRemove,
}: Parameters<PartForm>[0] & {
  readonly threshold: Typed;
  readonly unit: string;
  readonly onChange: (part: Partial<Typed>) => void;
  readonly onRemove: () => void;
}) {
  return (
    <div className="grid items-start gap-3 md:grid-cols-[2fr_1fr_1fr_1fr_auto]">
      <Field label={profileText.metric} error={fieldError("metric")}>
        <Input
          mono
          value={threshold.metric}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ metric: event.currentTarget.value })}
        />
      </Field>
      {(["low", "high"] as const).map((side) => (
        <Field
          key={side}
          label={profileText.inUnit(profileText[side], unit)}
          error={fieldError(side)}
        >
          <Input
            type="number"
            step="any"
            value={threshold[side]}
            onChange={(event) => onChange({ [side]: event.currentTarget.value })}
          />
        </Field>
      ))}
      <ChoiceField
        label={profileText.severity}
        value={threshold.severity}
        choices={severities}
        names={severityNames}
        onChange={(severity) => onChange({ severity })}
      />
      <RemoveButton label={profileText.removeThreshold(threshold.metric)} onRemove={onRemove} />
    </div>
  );
}
