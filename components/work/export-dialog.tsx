"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { beginExport } from "#app/(console)/work/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { exportText, workText } from "#components/strings/work.ts";
import { Button } from "#components/ui/button.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { watchWork } from "#components/work/watched-work.ts";
import { workKey } from "#components/work/work-queries.ts";
import {
  exportFormats,
  type ExportFormat,
  type ExportRequestInput,
} from "#server/domain/export-request.ts";
import { telemetryLevels, type TelemetryLevel } from "#server/domain/telemetry-query.ts";

const keepChoices = ["1", "7", "30"] as const;
const keepNames = {
  "1": exportText.days(1),
  "7": exportText.days(7),
  "30": exportText.days(30),
} as const;

type Draft = {
  readonly name: string;
  readonly format: ExportFormat;
  readonly level: TelemetryLevel;
  readonly keep: (typeof keepChoices)[number];
};

/** How the file is to be written. Mount it to open it. */
export function ExportDialog({
  request,
  name,
  onClose,
}: {
  readonly request: ExportRequestInput;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState<Draft>({
    name,
    format: "csv",
    level: levelOf(request),
    keep: "7",
  });
  const { busy, refusal, fieldError, begin } = useBegin(request, draft, onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={exportText.title}
      description={exportText.telemetryText}
      footer={
        <>
          <Button onClick={onClose}>{exportText.cancel}</Button>
          <Button variant="primary" busy={busy} onClick={() => void begin()}>
            {exportText.start}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Fields
          draft={draft}
          mayRollUp={request.kind === "telemetry" && (request.metrics ?? []).length > 0}
          nameError={fieldError("name")}
          onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
        />
        {refusal !== undefined && (
          <ErrorNote {...(refusal.remedy !== null && { remedy: refusal.remedy })}>
            {refusal.message}
          </ErrorNote>
        )}
      </div>
    </Dialog>
  );
}

/** Begins the export; its reader is told when it has ended. */
function useBegin(request: ExportRequestInput, draft: Draft, onClose: () => void) {
  const { busy, refusal, fieldError, submit } = useSubmit(beginExport);
  const queries = useQueryClient();
  const toast = useToast();
  async function begin() {
    const { level, keep, ...rest } = draft;
    const asked = request.kind === "telemetry" ? { ...request, level } : request;
    const started = await submit({ ...rest, request: asked, keepDays: Number(keep) });
    if (started === undefined) return;
    watchWork({ kind: "export", id: started.id });
    toast({ tone: "ok", title: exportText.began, detail: exportText.beganDetail });
    onClose();
    await queries.invalidateQueries({ queryKey: workKey });
  }
  return { busy, refusal, fieldError, begin };
}

function Fields({
  draft: { name, format, level, keep },
  mayRollUp,
  nameError,
  onChange,
}: {
  readonly draft: Draft;
  readonly mayRollUp: boolean;
  readonly nameError: string | undefined;
  readonly onChange: (change: Partial<Draft>) => void;
}) {
  return (
    <>
      <Field label={exportText.name} hint={exportText.nameHint} error={nameError}>
        <Input
          maxLength={120}
          autoComplete="off"
          value={name}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <ChoiceField
        label={exportText.format}
        hint={exportText.formatHints[format]}
        value={format}
        choices={exportFormats}
        names={workText.formats}
        onChange={(chosen) => onChange({ format: chosen })}
      />
      {mayRollUp && (
        <ChoiceField
          label={exportText.level}
          {...(level !== "raw" && { hint: exportText.levelHint })}
          value={level}
          choices={telemetryLevels}
          names={workText.levels}
          onChange={(chosen) => onChange({ level: chosen })}
        />
      )}
      <ChoiceField
        label={exportText.keepDays}
        value={keep}
        choices={keepChoices}
        names={keepNames}
        onChange={(chosen) => onChange({ keep: chosen })}
      />
    </>
  );
}

function levelOf(request: ExportRequestInput): TelemetryLevel {
  return request.kind === "telemetry" ? (request.level ?? "raw") : "raw";
}
