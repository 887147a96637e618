"use client";
import { useState } from "react";
import { startCanary } from "#app/(console)/schemas/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { FormButtons } from "#components/schema/form-buttons.tsx";
import { VersionField } from "#components/schema/version-field.tsx";
import { useText } from "#components/strings/schema-use.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input, Textarea } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { BindingView, SchemaView } from "#server/services/schema/view.ts";

export type BindingDialogProps = {
  readonly schema: SchemaView;
  readonly binding: BindingView;
  readonly onDone: () => void;
  readonly onClose: () => void;
};

/** Puts a version on trial for a part of the devices. */
export function CanaryDialog(props: BindingDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      title={useText.canaryTitle}
      description={useText.canaryText}
    >
      <CanaryForm {...props} />
    </Dialog>
  );
}

function CanaryForm({ schema, binding, onDone, onClose }: BindingDialogProps) {
  const toast = useToast();
  const [version, setVersion] = useState(schema.versions[0]?.version ?? 1);
  const [reach, setReach] = useState<Reach>({ percent: "10", devices: "" });
  const { busy, refusal, fieldError, submit } = useSubmit(startCanary);
  async function send() {
    const { profileId, stream, contentType } = binding;
    const started = await submit({
      profileId,
      stream,
      contentType,
      schema: schema.name,
      version,
      percent: Number(reach.percent),
      devices: reach.devices.split(/[\s,;]+/).filter((id) => id !== ""),
    });
    if (started === undefined) return;
    toast({ tone: "ok", title: useText.canaryStarted(version), detail: useText.boundDetail });
    onDone();
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
      <VersionField
        versions={schema.versions}
        value={version}
        error={fieldError("version")}
        onChange={setVersion}
      />
      <ReachFields
        reach={reach}
        percentError={fieldError("percent")}
        devicesError={refusal?.fields.find(({ path }) => path.startsWith("devices"))?.message}
        onChange={setReach}
      />
      <FormButtons label={useText.canarySubmit} busy={busy} onCancel={onClose} />
    </form>
  );
}

/** Who is on trial, as it is typed. */
type Reach = { readonly percent: string; readonly devices: string };

function ReachFields({
  reach,
  percentError,
  devicesError,
  onChange,
}: {
  readonly reach: Reach;
  readonly percentError: string | undefined;
  readonly devicesError: string | undefined;
  readonly onChange: (reach: Reach) => void;
}) {
  return (
    <>
      <Field label={useText.percent} hint={useText.percentHint} error={percentError}>
        <Input
          type="number"
          min={0}
          max={100}
          step={1}
          className="w-28!"
          value={reach.percent}
          onChange={(event) => onChange({ ...reach, percent: event.currentTarget.value })}
        />
      </Field>
      <Field label={useText.devices} hint={useText.devicesHint} error={devicesError}>
        <Textarea
          mono
          rows={3}
          value={reach.devices}
          spellCheck={false}
          onChange={(event) => onChange({ ...reach, devices: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}
