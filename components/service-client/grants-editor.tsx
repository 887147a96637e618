"use client";
import { Plus, X } from "lucide-react";
import {
  draftOf,
  grantPresets,
  sysPreset,
  withGrants,
  type GrantDraft,
} from "#components/service-client/grants.ts";
import { serviceText } from "#components/strings/service-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, Input } from "#components/ui/input.tsx";

/** Which topics, and whether to subscribe or to publish; with what is usual at hand. */
export function GrantsEditor({
  grants,
  errorOf,
  operator,
  onChange,
}: {
  readonly grants: readonly GrantDraft[];
  /** What is wrong with the grant at this place, as the service said. */
  readonly errorOf: (index: number) => string | undefined;
  /** Whether the organisation runs the installation. */
  readonly operator: boolean;
  readonly onChange: (grants: readonly GrantDraft[]) => void;
}) {
  const presets = operator ? [...grantPresets, sysPreset] : grantPresets;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-sm font-medium text-ink">{serviceText.grants}</legend>
      <p className="text-sm text-ink-3">{serviceText.grantsHint}</p>
      {grants.length === 0 && <p className="text-ink-2">{serviceText.noGrants}</p>}
      {grants.map((grant, index) => (
        <GrantRow
          key={grant.key}
          grant={grant}
          number={index + 1}
          error={errorOf(index)}
          onChange={(part) =>
            onChange(grants.map((each) => (each === grant ? { ...each, ...part } : each)))
          }
          onRemove={() => onChange(grants.filter((each) => each !== grant))}
        />
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          onClick={() =>
            onChange([...grants, draftOf({ filter: "", maySubscribe: true, mayPublish: false })])
          }
        >
          <Plus aria-hidden className="size-3.5" />
          {serviceText.addGrant}
        </Button>
        <span className="text-sm text-ink-3">{serviceText.presets}</span>
        {presets.map((preset) => (
          <Button
            key={preset.label}
            size="sm"
            variant="ghost"
            className="border-line!"
            onClick={() => onChange(withGrants(grants, preset.grants))}
          >
            {preset.label}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}

function GrantRow({
  grant,
  number,
  error,
  onChange,
  onRemove,
}: {
  readonly grant: GrantDraft;
  readonly number: number;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<GrantDraft>) => void;
  readonly onRemove: () => void;
}) {
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line pt-3">
      <Field
        label={serviceText.filterOf(number)}
        hideLabel
        error={error}
        className="min-w-56 flex-1"
      >
        <Input
          mono
          value={grant.filter}
          maxLength={1024}
          placeholder="qs/v1/d/+/up/#"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="none"
          onChange={(event) => onChange({ filter: event.currentTarget.value })}
        />
      </Field>
      <div className="flex h-8.5 items-center gap-4">
        <Checkbox
          label={serviceText.subscribe}
          checked={grant.maySubscribe}
          onChange={(event) => onChange({ maySubscribe: event.currentTarget.checked })}
        />
        <Checkbox
          label={serviceText.publish}
          checked={grant.mayPublish}
          onChange={(event) => onChange({ mayPublish: event.currentTarget.checked })}
        />
        <Button
          variant="ghost"
          size="sm"
          iconOnly
          aria-label={serviceText.removeGrant(grant.filter === "" ? String(number) : grant.filter)}
          onClick={onRemove}
        >
          <X aria-hidden className="size-4" />
        </Button>
      </div>
    </div>
  );
}
