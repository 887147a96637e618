"use client";
import type { PartForm } from "#components/profile/editable-card.tsx";
import { profileText } from "#components/strings/profile.ts";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { KeyValue } from "#components/ui/key-values.tsx";
import type { CertificatePolicy } from "#server/domain/profile-parts.ts";

/** As many as the policy takes. */
const mostAlertDays = 8;
const renewals = ["manual", "automatic"] as const;
const expiredRenewals = ["off", "grace", "ticket"] as const;

/** The rules for certificates as they are typed. */
export type TypedPolicy = {
  readonly overlapDays: string;
  readonly renewal: CertificatePolicy["renewal"];
  readonly expiredRenewal: CertificatePolicy["expiredRenewal"];
  readonly graceDays: string;
  /** Numbers with commas between them. */
  readonly alertDays: string;
};

export function typedPolicyOf(policy: CertificatePolicy): TypedPolicy {
  return {
    overlapDays: String(policy.overlapDays),
    renewal: policy.renewal,
    expiredRenewal: policy.expiredRenewal,
    graceDays: String(policy.graceDays),
    alertDays: policy.alertDays.join(", "),
  };
}

/** What was typed, for the service to judge. */
export function policyOf(typed: TypedPolicy): CertificatePolicy {
  return {
    overlapDays: Number(typed.overlapDays),
    renewal: typed.renewal,
    expiredRenewal: typed.expiredRenewal,
    graceDays: Number(typed.graceDays),
    alertDays: typed.alertDays
      .split(/[\s,;]+/)
      .filter((part) => part !== "")
      .map(Number),
  };
}

/** What the profile says of certificates besides their lifetime. */
export function policyItems(policy: CertificatePolicy): readonly KeyValue[] {
  const { overlapDays, expiredRenewal, graceDays, alertDays } = policy;
  return [
    {
      key: "overlap",
      label: profileText.shown.overlapDays,
      value: profileText.days(overlapDays),
    },
    {
      key: "expired",
      label: profileText.shown.expiredRenewal,
      value:
        expiredRenewal === "grace"
          ? profileText.graceFor(graceDays)
          : profileText.expiredRenewals[expiredRenewal],
    },
    {
      key: "alerts",
      label: profileText.shown.alertDays,
      value: profileText.alertsAt(alertDays),
    },
  ];
}

type Props = Parameters<PartForm>[0] & {
  readonly typed: TypedPolicy;
  readonly onChange: (part: Partial<TypedPolicy>) => void;
};

/** Of the list, or of the first number in it that is wrong. */
function alertDaysError(fieldError: Props["fieldError"]): string | undefined {
  const path = "certificatePolicy.alertDays";
  const each = Array.from({ length: mostAlertDays }, (_, index) => fieldError(`${path}.${index}`));
  return fieldError(path) ?? each.find((error) => error !== undefined);
}

/** The rules for certificates, to be changed. */
export function PolicyFields({ typed, fieldError, onChange }: Props) {
  return (
    <>
      <ChoiceField
        label={profileText.renewal}
        hint={profileText.renewalHint}
        value={typed.renewal}
        choices={renewals}
        names={profileText.renewals}
        onChange={(renewal) => onChange({ renewal })}
      />
      <Field label={profileText.overlapDays} error={fieldError("certificatePolicy.overlapDays")}>
        <Input
          type="number"
          min={0}
          step={1}
          value={typed.overlapDays}
          onChange={(event) => onChange({ overlapDays: event.currentTarget.value })}
        />
      </Field>
      <Field
        label={profileText.alertDays}
        hint={profileText.alertDaysHint}
        error={alertDaysError(fieldError)}
      >
        <Input
          value={typed.alertDays}
          onChange={(event) => onChange({ alertDays: event.currentTarget.value })}
        />
      </Field>
      <ChoiceField
        label={profileText.expiredRenewal}
        hint={profileText.expiredRenewalHint}
        value={typed.expiredRenewal}
        choices={expiredRenewals}
        names={profileText.expiredRenewals}
        onChange={(expiredRenewal) => onChange({ expiredRenewal })}
      />
      {typed.expiredRenewal === "grace" && (
        <Field label={profileText.graceDays} error={fieldError("certificatePolicy.graceDays")}>
          <Input
            type="number"
            min={1}
            step={1}
            value={typed.graceDays}
            onChange={(event) => onChange({ graceDays: event.currentTarget.value })}
          />
        </Field>
      )}
    </>
  );
}
