"use client";
import { channelText } from "#components/strings/alert.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import {
  alertRules,
  ruleWords,
  severities,
  type AlertRule,
  type Severity,
} from "#server/domain/alert.ts";
import { channelKinds, type ChannelKind } from "#server/domain/alert-channel.ts";

/** A channel while it is written down. */
export type ChannelDraft = {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly target: string;
  readonly minSeverity: Severity;
  readonly rules: readonly AlertRule[];
  readonly enabled: boolean;
};

/** The fields of a channel; its kind is chosen once. */
export function ChannelFields({
  draft,
  isNew,
  fieldError,
  onChange,
}: {
  readonly draft: ChannelDraft;
  readonly isNew: boolean;
  readonly fieldError: (path: string) => string | undefined;
  readonly onChange: (draft: ChannelDraft) => void;
}) {
  return (
    <>
      <Field label={channelText.name} required error={fieldError("name")}>
        <Input
          value={draft.name}
          maxLength={100}
          autoComplete="off"
          onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        />
      </Field>
      {isNew && (
        <ChoiceField
          label={channelText.kind}
          value={draft.kind}
          choices={channelKinds}
          names={channelText.kinds}
          error={fieldError("kind")}
          onChange={(kind) => onChange({ ...draft, kind })}
        />
      )}
      <TargetField
        isMail={draft.kind === "email"}
        value={draft.target}
        error={fieldError("target")}
        onChange={(target) => onChange({ ...draft, target })}
      />
      <ChoiceField
        label={channelText.minSeverity}
        value={draft.minSeverity}
        choices={severities}
        names={channelText.severities}
        error={fieldError("minSeverity")}
        onChange={(minSeverity) => onChange({ ...draft, minSeverity })}
      />
      <Rules rules={draft.rules} onChange={(rules) => onChange({ ...draft, rules })} />
      {!isNew && (
        <Checkbox
          label={channelText.isEnabled}
          checked={draft.enabled}
          onChange={(event) => onChange({ ...draft, enabled: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function TargetField({
  isMail,
  value,
  error,
  onChange,
}: {
  readonly isMail: boolean;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (target: string) => void;
}) {
  return (
    <Field
      label={isMail ? channelText.address : channelText.url}
      {...(!isMail && { hint: channelText.urlHint })}
      required
      error={error}
    >
      <Input
        type={isMail ? "email" : "url"}
        value={value}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

function Rules({
  rules,
  onChange,
}: {
  readonly rules: readonly AlertRule[];
  readonly onChange: (rules: readonly AlertRule[]) => void;
}) {
  return (
    <fieldset>
      <legend className="text-sm font-medium text-ink">{channelText.rules}</legend>
      <p className="text-sm text-ink-3">{channelText.rulesHint}</p>
      <div className="mt-2 grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
        {alertRules.map((rule) => (
          <Checkbox
            key={rule}
            label={ruleWords[rule].name}
            checked={rules.includes(rule)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...rules, rule]
                  : rules.filter((each) => each !== rule),
              )
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
