"use client";
import { useState } from "react";
import { EditableCard, type PartForm } from "#components/profile/editable-card.tsx";
import { ListFields, RemoveButton } from "#components/profile/list-fields.tsx";
import { profileText, severityNames } from "#components/strings/profile.ts";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { Threshold } from "#server/domain/profile-parts.ts";
import type { ProfileView } from "#server/services/profile/show.ts";

const severities = ["warning", "critical"] as const;

/** Bounds as they are typed; empty for none. */
type Typed = {
  readonly metric: string;
  readonly low: string;
  readonly high: string;
  readonly severity: Threshold["severity"];
};

function typedOf(thresholds: readonly Threshold[]): readonly Typed[] {
  return thresholds.map(({ metric, low, high, severity }) => ({
    metric,
    low: low === null ? "" : String(low),
    high: high === null ? "" : String(high),
    severity,
  }));
}

function bound(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

const blank: Typed = { metric: "", low: "", high: "", severity: "warning" };

/** Within which bounds the metrics of a profile are as they should be. */
export function ThresholdsCard({
  profile,
  mayManage,
}: {
  readonly profile: ProfileView;
  readonly mayManage: boolean;
}) {
  const { thresholds } = profile;
  const [typed, setTyped] = useState(typedOf(thresholds));
  return (
    <EditableCard
      profile={profile}
      title={profileText.thresholdsTitle}
      mayManage={mayManage}
      onEdit={() => setTyped(thresholds.length === 0 ? [blank] : typedOf(thresholds))}
      changed={() => ({
        thresholds: typed.map(({ low, high, ...each }) => ({
          ...each,
          low: bound(low),
          high: bound(high),
        })),
      })}
      form={({ fieldError }) => (
        <Fields typed={typed} fieldError={fieldError} onChange={setTyped} />
      )}
    >
      {thresholds.length === 0 ? (
        <p className="text-ink-2">{profileText.thresholdsNone}</p>
      ) : (
        <Rows thresholds={thresholds} />
      )}
    </EditableCard>
  );
}

function Rows({ thresholds }: { readonly thresholds: readonly Threshold[] }) {
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
            <Td className="text-right tabular-nums">{low ?? profileText.none}</Td>
            <Td className="text-right tabular-nums">{high ?? profileText.none}</Td>
            <Td>{severityNames[severity]}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Fields({
  typed,
  fieldError,
  onChange,
}: Parameters<PartForm>[0] & {
  readonly typed: readonly Typed[];
  readonly onChange: (typed: readonly Typed[]) => void;
}) {
  return (
    <ListFields list={typed} blank={blank} addLabel={profileText.addThreshold} onChange={onChange}>
      {({ item, index, change, remove }) => (
        <ThresholdFields
          threshold={item}
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
  fieldError,
  onChange,
  onRemove,
}: Parameters<PartForm>[0] & {
  readonly threshold: Typed;
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
        <Field key={side} label={profileText[side]} error={fieldError(side)}>
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
