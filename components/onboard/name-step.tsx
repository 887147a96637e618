"use client";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, useTransition } from "react";
import { registerDevice } from "#app/(console)/devices/actions.ts";
import { IdentityFields, tagsOf } from "#components/device/identity-fields.tsx";
import { readJson } from "#components/layout/read-json.ts";
import type { OnboardedDevice } from "#components/onboard/arrival.ts";
import { draftWith, type Draft } from "#components/onboard/draft.ts";
import { onboardText } from "#components/strings/onboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { deviceIdFromName, deviceIdRule, isDeviceId } from "#server/domain/device-id.ts";
import { deviceNameProblem } from "#server/domain/device-name.ts";
import type { Failure } from "#server/web/failure.ts";

export type ProfileChoice = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly open: boolean;
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

/** What was typed before the page came alive is in the browser's fields and nowhere else. */
function useTyped(draft: Draft, onDraft: (draft: Draft) => void) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (form.current !== null) onDraft(draftWith(draft, form.current));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the page comes alive
  }, []);
  return form;
}

/** Step 1: what the device is called, by people and by itself. */
export function NameStep({ draft, onDraft, profiles, onRegistered }: NameStepProps) {
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();
  const form = useTyped(draft, onDraft);
  const problem = (path: string) =>
    failure?.fields.find((field) => field.path.split(".")[0] === path)?.message;

  function change(next: Draft) {
    setFailure(undefined);
    onDraft(next);
  }
  function submit() {
    setFailure(undefined);
    start(async () => {
      const tags = tagsOf(draft.tags);
      const result = await registerDevice({ ...draft, tags, deviceId: idOf(draft) });
      if (result.ok) onRegistered(result.value);
      else setFailure(result.error);
    });
  }

  return (
    <Card>
      <CardBody>
        <form
          ref={form}
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
              name="profileId"
              value={draft.profileId}
              onChange={(event) => change({ ...draft, profileId: event.target.value })}
              options={profiles.map(({ id, name, description }) => ({
                value: id,
                label: onboardText.profileOption(name, description),
              }))}
            />
          </Field>
          <MoreFields draft={draft} failure={failure} problem={problem} onDraft={change} />
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

const identityPaths = ["serial", "manufacturer", "model", "hardwareRevision", "tags"];

function MoreFields({
  draft,
  failure,
  problem,
  onDraft,
}: Pick<NameStepProps, "draft" | "onDraft"> & {
  readonly failure: Failure | undefined;
  readonly problem: (path: string) => string | undefined;
}) {
  const [open, setOpen] = useState(false);
  const mustOpen = failure !== undefined && identityPaths.some((path) => problem(path));
  return (
    <details
      className="rounded border border-line px-3 py-2"
      open={open || mustOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="cursor-pointer font-medium text-ink-2">
        {onboardText.identity}{" "}
        <span className="font-normal text-ink-3">{onboardText.identityOptional}</span>
      </summary>
      <div className="pt-3 pb-1">
        <IdentityFields
          draft={draft}
          problem={problem}
          onChange={(part) => onDraft({ ...draft, ...part })}
        />
      </div>
    </details>
  );
}

type PartProps = {
  readonly draft: Draft;
  /** What the server said of it the last time. */
  readonly refused: string | undefined;
  readonly onDraft: (draft: Draft) => void;
};

function NameField({ draft, refused, onDraft }: PartProps) {
  const problem = deviceNameProblem(draft.name);
  return (
    <Field
      label={onboardText.name}
      hint={onboardText.nameHint}
      error={draft.name === "" ? refused : problem}
      required
    >
      <Input
        name="name"
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
        name="deviceId"
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
