"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { savePolicy } from "#app/(console)/schemas/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { compatibilityNames, useText } from "#components/strings/schema-use.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { ProfileSummary } from "#server/services/profile/list.ts";
import type { ProfilePolicy } from "#server/services/profile/set-policy.ts";

const modes = ["none", "backward", "forward", "full"] as const;
const unknownVersions = ["refuse", "latest", "quarantine"] as const;

/** The rules of a profile for the schemas that it uses. */
export function PolicyCard({
  profile,
  mayManage,
}: {
  readonly profile: ProfileSummary;
  readonly mayManage: boolean;
}) {
  const titleId = `policy-${profile.id}`;
  return (
    <Card labelledBy={titleId}>
      <CardHeader id={titleId} title={useText.policyOf(profile.name)} />
      <CardBody>
        <PolicyForm key={JSON.stringify(profile.policy)} profile={profile} mayManage={mayManage} />
      </CardBody>
    </Card>
  );
}

function PolicyForm({
  profile,
  mayManage,
}: {
  readonly profile: ProfileSummary;
  readonly mayManage: boolean;
}) {
  const router = useRouter();
  const toast = useToast();
  const { id, name } = profile;
  const saved: Policy = { ...profile.policy, lateSeconds: String(profile.policy.lateSeconds) };
  const [policy, setPolicy] = useState(saved);
  const { busy, refusal, fieldError, submit } = useSubmit(savePolicy);
  const change = (part: Partial<Policy>) => setPolicy({ ...policy, ...part });
  const dirty = JSON.stringify(policy) !== JSON.stringify(saved);
  async function send() {
    const done = await submit({
      ...policy,
      profileId: id,
      lateSeconds: Number(policy.lateSeconds),
    });
    if (done === undefined) return;
    toast({ tone: "ok", title: useText.policySaved(name) });
    router.refresh();
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <RefusalNote refusal={refusal} />
      <PolicyFields
        policy={policy}
        readOnly={!mayManage}
        fieldError={fieldError}
        onChange={change}
      />
      {mayManage && (
        <div>
          <Button type="submit" busy={busy} disabled={!dirty}>
            {useText.savePolicy}
          </Button>
        </div>
      )}
    </form>
  );
}

/** A policy as it is typed. */
type Policy = Omit<ProfilePolicy, "lateSeconds"> & { readonly lateSeconds: string };

function PolicyFields({
  policy,
  readOnly,
  fieldError,
  onChange,
}: {
  readonly policy: Policy;
  readonly readOnly: boolean;
  readonly fieldError: (path: string) => string | undefined;
  readonly onChange: (part: Partial<Policy>) => void;
}) {
  return (
    <div className="grid gap-4 md:grid-cols-3">
      <Field label={useText.compatibility} error={fieldError("compatibility")}>
        <Select
          value={policy.compatibility}
          disabled={readOnly}
          options={modes.map((value) => ({ value, label: compatibilityNames[value] }))}
          onChange={({ currentTarget: { value } }) => {
            const compatibility = modes.find((mode) => mode === value);
            if (compatibility !== undefined) onChange({ compatibility });
          }}
        />
      </Field>
      <Field label={useText.unknownVersion} error={fieldError("unknownVersion")}>
        <Select
          value={policy.unknownVersion}
          disabled={readOnly}
          options={unknownVersions.map((value) => ({
            value,
            label: useText.unknownVersions[value],
          }))}
          onChange={({ currentTarget: { value } }) => {
            const unknownVersion = unknownVersions.find((each) => each === value);
            if (unknownVersion !== undefined) onChange({ unknownVersion });
          }}
        />
      </Field>
      <Field label={useText.lateAfter} hint={useText.lateHint} error={fieldError("lateSeconds")}>
        <Input
          type="number"
          min={1}
          step={1}
          value={policy.lateSeconds}
          readOnly={readOnly}
          onChange={(event) => onChange({ lateSeconds: event.currentTarget.value })}
        />
      </Field>
    </div>
  );
}
