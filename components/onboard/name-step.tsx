"use client";
import { useQuery } from "@tanstack/react-query";
import { useState, useTransition } from "react";
import { registerDevice } from "#app/(console)/devices/actions.ts";
import { readJson } from "#components/layout/read-json.ts";
import type { OnboardedDevice } from "#components/onboard/arrival.ts";
import { onboardText } from "#components/strings/onboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { deviceIdFromName, deviceIdRule, isDeviceId } from "#server/domain/device-id.ts";
import { createDeviceSchema } from "#server/services/device/schemas.ts";
import type { Failure } from "#server/web/failure.ts";

export type ProfileChoice = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly open: boolean;
};

/** What was typed; `deviceId` is null until somebody edits the suggestion. */
export type Draft = {
  readonly name: string;
  readonly deviceId: string | null;
  readonly profileId: string;
};

/** Whether the organisation has a device of this id; asked while the id is typed. */
function useIsTaken(deviceId: string): boolean {
  const { data } = useQuery({
    queryKey: ["device-id", deviceId],
    queryFn: ({ signal }) =>
      readJson<{ readonly taken: boolean }>(
        `/api/console/device-ids/${encodeURIComponent(deviceId)}`,
        signal,
      ),
    enabled: isDeviceId(deviceId),
  });
  return data?.taken === true;
}

type NameStepProps = {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly profiles: readonly ProfileChoice[];
  readonly onRegistered: (device: OnboardedDevice) => void;
};

/** The chosen id, or the one that the name suggests. */
function idOf(draft: Draft): string {
  return draft.deviceId ?? (draft.name.trim() === "" ? "" : deviceIdFromName(draft.name));
}

/** Step 1: what the device is called, by people and by itself. */
export function NameStep({ draft, onDraft, profiles, onRegistered }: NameStepProps) {
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();
  const problem = (path: string) => failure?.fields.find((field) => field.path === path)?.message;

  function change(next: Draft) {
    setFailure(undefined);
    onDraft(next);
  }
  function submit() {
    setFailure(undefined);
    start(async () => {
      const result = await registerDevice({ ...draft, deviceId: idOf(draft) });
      if (result.ok) onRegistered(result.value);
      else setFailure(result.error);
    });
  }

  return (
    <Card>
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) submit();
          }}
        >
          <NameField draft={draft} refused={problem("name")} onDraft={change} />
          <IdField draft={draft} refused={problem("deviceId")} onDraft={change} />
          <Field label={onboardText.profile} error={problem("profileId")}>
            <Select
              value={draft.profileId}
              onChange={(event) => change({ ...draft, profileId: event.target.value })}
              options={profiles.map(({ id, name, description }) => ({
                value: id,
                label: onboardText.profileOption(name, description),
              }))}
            />
          </Field>
          {failure !== undefined && failure.fields.length === 0 && (
            <ErrorNote remedy={failure.remedy ?? undefined}>{failure.message}</ErrorNote>
          )}
          <div>
            <Button type="submit" variant="primary" busy={busy}>
              {onboardText.register}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

type PartProps = {
  readonly draft: Draft;
  /** What the server said of it the last time. */
  readonly refused: string | undefined;
  readonly onDraft: (draft: Draft) => void;
};

function NameField({ draft, refused, onDraft }: PartProps) {
  const problem = createDeviceSchema.shape.name.safeParse(draft.name).error?.issues[0]?.message;
  return (
    <Field
      label={onboardText.name}
      hint={onboardText.nameHint}
      error={draft.name === "" ? refused : problem}
      required
    >
      <Input
        autoComplete="off"
        maxLength={120}
        placeholder={onboardText.namePlaceholder}
        value={draft.name}
        onChange={(event) => onDraft({ ...draft, name: event.target.value })}
      />
    </Field>
  );
}

function IdField({ draft, refused, onDraft }: PartProps) {
  const deviceId = idOf(draft);
  const isTaken = useIsTaken(deviceId);
  const problem = isTaken ? onboardText.deviceIdTaken : refused;
  const untouched = deviceId === "" && refused === undefined;
  return (
    <Field
      label={onboardText.deviceId}
      hint={onboardText.deviceIdHint}
      error={untouched || isDeviceId(deviceId) ? problem : deviceIdRule}
      required
    >
      <Input
        mono
        autoComplete="off"
        spellCheck={false}
        maxLength={128}
        value={deviceId}
        onChange={(event) => onDraft({ ...draft, deviceId: event.target.value.trim() })}
      />
    </Field>
  );
}

/** Step 1 once the device exists: nothing to change here any more. */
export function NameDone({
  device,
  onNext,
}: {
  readonly device: OnboardedDevice;
  readonly onNext: () => void;
}) {
  return (
    <Card>
      <CardBody className="flex flex-col items-start gap-3">
        <p className="font-semibold">{onboardText.registeredTitle(device.name)}</p>
        <p className="font-mono text-sm">{device.deviceId}</p>
        <p className="text-ink-2">{onboardText.registeredText}</p>
        <Button variant="primary" onClick={onNext}>
          {onboardText.next}
        </Button>
      </CardBody>
    </Card>
  );
}
