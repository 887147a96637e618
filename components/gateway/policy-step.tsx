"use client";
import { useState, useTransition } from "react";
import { saveChildPolicy } from "#app/(console)/onboard/gateway/actions.ts";
import { WayChoice } from "#components/device/way-choice.tsx";
import type { ChosenGateway } from "#components/gateway/chosen-gateway.ts";
import {
  openProfile,
  profileOptions,
  tagsIn,
  type ProfileChoice,
} from "#components/gateway/profile-choice.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { textOf } from "#components/ui/form-text.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ChildPolicy } from "#server/domain/child-policy.ts";
import type { Failure } from "#server/web/failure.ts";

type Registering = Extract<ChildPolicy, { readonly mode: "register" }>;

/** Step 2: what becomes of children that the gateway names and nobody has registered. */
export function PolicyStep({
  gateway,
  profiles,
  onBack,
  onSaved,
}: {
  readonly gateway: ChosenGateway;
  readonly profiles: readonly ProfileChoice[];
  readonly onBack: () => void;
  readonly onSaved: (policy: ChildPolicy) => void;
}) {
  const [mode, setMode] = useState<ChildPolicy["mode"]>(gateway.childPolicy?.mode ?? "refuse");
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();
  const known = gateway.childPolicy?.mode === "register" ? gateway.childPolicy : undefined;

  function submit(fields: FormData) {
    setFailure(undefined);
    start(async () => {
      const policy: ChildPolicy = mode === "refuse" ? { mode } : registering(fields);
      const result = await saveChildPolicy({ deviceId: gateway.deviceId, policy });
      if (result.ok) onSaved(result.value.policy);
      else setFailure(result.error);
    });
  }

  return (
    <Card labelledBy="child-policy">
      <CardHeader id="child-policy" title={gatewayText.policyTitle} />
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) submit(new FormData(event.currentTarget));
          }}
        >
          <WayChoice
            legend={gatewayText.policyText}
            ways={[
              { way: "refuse", label: gatewayText.refuse, hint: gatewayText.refuseHint },
              { way: "register", label: gatewayText.register, hint: gatewayText.registerHint },
            ]}
            chosen={mode}
            onChoose={setMode}
          />
          {mode === "register" && <RegisterFields known={known} profiles={profiles} />}
          <FailureNote failure={failure} />
          <div className="flex flex-wrap gap-2">
            <Button onClick={onBack}>{gatewayText.back}</Button>
            <Button type="submit" variant="primary" busy={busy}>
              {gatewayText.savePolicy}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

function RegisterFields({
  known,
  profiles,
}: {
  readonly known: Registering | undefined;
  readonly profiles: readonly ProfileChoice[];
}) {
  return (
    <>
      <Field label={gatewayText.childProfile}>
        <Select
          name="profileId"
          defaultValue={known?.profileId ?? openProfile(profiles)}
          options={profileOptions(profiles)}
        />
      </Field>
      <Checkbox
        name="quarantine"
        label={gatewayText.quarantine}
        hint={gatewayText.quarantineHint}
        defaultChecked={known?.quarantine ?? true}
      />
      <Field label={gatewayText.most} hint={gatewayText.mostHint} className="max-w-40">
        <Input
          type="number"
          name="most"
          min={1}
          max={10_000}
          defaultValue={known?.maxChildren ?? 500}
        />
      </Field>
      <Field label={gatewayText.tags} hint={gatewayText.tagsHint}>
        <Input name="tags" autoComplete="off" defaultValue={known?.tags.join(", ")} />
      </Field>
    </>
  );
}

function registering(fields: FormData): Registering {
  return {
    mode: "register",
    profileId: textOf(fields, "profileId"),
    quarantine: fields.get("quarantine") !== null,
    maxChildren: Number(textOf(fields, "most")),
    tags: tagsIn(textOf(fields, "tags")),
  };
}
