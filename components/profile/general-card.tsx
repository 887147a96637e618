"use client";
import { useState } from "react";
import {
  PolicyFields,
  policyItems,
  policyOf,
  typedPolicyOf,
  type TypedPolicy,
} from "#components/profile/certificate-fields.tsx";
import { EditableCard, type PartForm } from "#components/profile/editable-card.tsx";
import { profileText } from "#components/strings/profile.ts";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { durationWords } from "#server/domain/duration-words.ts";
import {
  connectivityMeanings,
  connectivityModels,
  connectivityNames,
  retentionClasses,
  retentionNames,
} from "#server/domain/profile-parts.ts";
import type { ProfileView } from "#server/services/profile/show.ts";

/** The settings as they are typed. */
type Typed = {
  readonly description: string;
  readonly connectivity: ProfileView["connectivity"];
  readonly expectedContactSeconds: string;
  readonly maxPastSeconds: string;
  readonly certificateDays: string;
  readonly policy: TypedPolicy;
  readonly retentionClass: ProfileView["retentionClass"];
};

function typedOf(profile: ProfileView): Typed {
  return {
    description: profile.description,
    connectivity: profile.connectivity,
    expectedContactSeconds: String(profile.expectedContactSeconds),
    maxPastSeconds: String(profile.maxPastSeconds),
    certificateDays: String(profile.certificateDays),
    policy: typedPolicyOf(profile.certificatePolicy),
    retentionClass: profile.retentionClass,
  };
}

/** What a profile says of connectivity, certificates and retention. */
export function GeneralCard({
  profile,
  mayManage,
}: {
  readonly profile: ProfileView;
  readonly mayManage: boolean;
}) {
  const [typed, setTyped] = useState(typedOf(profile));
  return (
    <EditableCard
      profile={profile}
      title={profileText.generalTitle}
      mayManage={mayManage}
      onEdit={() => setTyped(typedOf(profile))}
      changed={() => ({
        description: typed.description,
        connectivity: typed.connectivity,
        expectedContactSeconds: Number(typed.expectedContactSeconds),
        maxPastSeconds: Number(typed.maxPastSeconds),
        certificateDays: Number(typed.certificateDays),
        certificatePolicy: policyOf(typed.policy),
        retentionClass: typed.retentionClass,
      })}
      form={({ fieldError }) => (
        <Fields
          typed={typed}
          fieldError={fieldError}
          onChange={(part) => setTyped({ ...typed, ...part })}
        />
      )}
    >
      <KeyValues items={itemsOf(profile)} />
    </EditableCard>
  );
}

function itemsOf(profile: ProfileView): readonly KeyValue[] {
  const { connectivity, certificatePolicy: certificates } = profile;
  return [
    {
      key: "kind",
      label: profileText.kind,
      value: profile.open ? profileText.openKind : profileText.closedKind,
    },
    {
      key: "connectivity",
      label: profileText.connectivity,
      value: `${connectivityNames[connectivity]}. ${connectivityMeanings[connectivity]}`,
    },
    {
      key: "contact",
      label: profileText.shown.expectedContact,
      value: durationWords(profile.expectedContactSeconds),
    },
    {
      key: "past",
      label: profileText.shown.maxPast,
      value: durationWords(profile.maxPastSeconds),
    },
    {
      key: "days",
      label: profileText.shown.certificateDays,
      value: profileText.certificatesFor(profile.certificateDays, certificates.renewal),
    },
    ...policyItems(certificates),
    {
      key: "retention",
      label: profileText.retention,
      value: retentionNames[profile.retentionClass],
    },
  ];
}

type FieldsProps = Parameters<PartForm>[0] & {
  readonly typed: Typed;
  readonly onChange: (part: Partial<Typed>) => void;
};

function Fields(props: FieldsProps) {
  const { typed, fieldError, onChange } = props;
  return (
    <>
      <Field label={profileText.description} error={fieldError("description")}>
        <Input
          value={typed.description}
          maxLength={500}
          onChange={(event) => onChange({ description: event.currentTarget.value })}
        />
      </Field>
      <div className="grid gap-4 md:grid-cols-3">
        <ChoiceField
          label={profileText.connectivity}
          hint={connectivityMeanings[typed.connectivity]}
          error={fieldError("connectivity")}
          value={typed.connectivity}
          choices={connectivityModels}
          names={connectivityNames}
          onChange={(connectivity) => onChange({ connectivity })}
        />
        <NumberField
          {...props}
          name="expectedContactSeconds"
          label={profileText.expectedContact}
          hint={profileText.expectedContactHint}
        />
        <NumberField
          {...props}
          name="maxPastSeconds"
          label={profileText.maxPast}
          hint={profileText.maxPastHint}
        />
        <NumberField {...props} name="certificateDays" label={profileText.certificateDays} />
        <PolicyFields
          typed={typed.policy}
          fieldError={fieldError}
          onChange={(part) => onChange({ policy: { ...typed.policy, ...part } })}
        />
        <ChoiceField
          label={profileText.retention}
          value={typed.retentionClass}
          choices={retentionClasses}
          names={retentionNames}
          onChange={(retentionClass) => onChange({ retentionClass })}
        />
      </div>
    </>
  );
}

function NumberField({
  typed,
  fieldError,
  onChange,
  name,
  label,
  hint,
}: FieldsProps & {
  readonly name: "expectedContactSeconds" | "maxPastSeconds" | "certificateDays";
  readonly label: string;
  readonly hint?: string;
}) {
  return (
    <Field label={label} {...(hint !== undefined && { hint })} error={fieldError(name)}>
      <Input
        type="number"
        min={0}
        step={1}
        value={typed[name]}
        onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
}
