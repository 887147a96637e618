"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  nameOfFile,
  type BatchDraft,
  type ChosenFile,
  type Mapping,
} from "#components/batch/batch-draft.ts";
import { mappingQuery } from "#components/batch/batch-queries.ts";
import { FileStep } from "#components/batch/file-step.tsx";
import { MappingStep } from "#components/batch/mapping-step.tsx";
import { OptionsStep } from "#components/batch/options-step.tsx";
import type { Preview } from "#components/batch/preview.ts";
import { PreviewStep } from "#components/batch/preview-table.tsx";
import { UploadStep } from "#components/batch/upload-step.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import type { ProfileChoice } from "#components/onboard/name-step.tsx";
import { onboardCrumbs } from "#components/onboard/onboard-frame.tsx";
import { batchText, batchWizardText } from "#components/strings/batch.ts";
import { Stepper } from "#components/ui/stepper.tsx";
import type { BatchSource } from "#server/domain/device-batch.ts";

type Step = "file" | "columns" | "options" | "upload";
const steps: readonly Step[] = ["file", "columns", "options", "upload"];

type WizardProps = {
  readonly source: BatchSource;
  readonly profiles: readonly ProfileChoice[];
};

/** Bring many devices in: a file, what its columns are, what becomes of its devices, the upload. */
export function BatchWizard(props: WizardProps) {
  const wizard = useBatchWizard(props);
  const { draft, step } = wizard;
  const words = draft.source === "manifest" ? batchWizardText.steps : batchWizardText.importSteps;
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeader
        title={batchWizardText.title}
        breadcrumb={onboardCrumbs(
          { label: batchText.title, href: "/onboard/batches" },
          { label: batchWizardText.title },
        )}
      />
      <div className="mb-5">
        <Stepper label={batchWizardText.stepsLabel} steps={words} current={steps.indexOf(step)} />
      </div>
      <StepBody wizard={wizard} profiles={props.profiles} />
    </div>
  );
}

function useBatchWizard({ source, profiles }: WizardProps) {
  const [step, setStep] = useState<Step>("file");
  const [chosen, setChosen] = useState<ChosenFile>();
  const [batchId, setBatchId] = useState<string>();
  const [draft, setDraft] = useState<BatchDraft>({
    source,
    name: "",
    profileId: profiles.find((profile) => profile.open)?.id ?? profiles[0]?.id ?? "",
    keys: "none",
    quarantine: true,
    sampleSize: "5",
    tags: "",
  });
  const columns = useColumns(draft.source, chosen);
  function choose(next: ChosenFile | undefined) {
    setChosen(next);
    columns.forget();
    if (next === undefined) return;
    // Another file does not change a name that somebody typed or read already.
    setDraft((now) => (now.name === "" ? { ...now, name: nameOfFile(next.file.name) } : now));
  }
  function opened(id: string) {
    setBatchId(id);
    setStep("upload");
  }
  return { step, setStep, chosen, choose, batchId, opened, draft, setDraft, columns };
}

function StepBody({
  wizard,
  profiles,
}: {
  readonly wizard: ReturnType<typeof useBatchWizard>;
  readonly profiles: readonly ProfileChoice[];
}) {
  const { step, setStep, chosen, draft, setDraft, columns, batchId } = wizard;
  if (step === "file" || chosen === undefined) {
    return (
      <FileStep
        draft={draft}
        chosen={chosen}
        onDraft={setDraft}
        onChoose={wizard.choose}
        onNext={() => setStep("columns")}
      />
    );
  }
  if (step === "columns") return <ColumnsStep wizard={wizard} preview={chosen.preview} />;
  if (step === "upload" && batchId !== undefined) {
    return <UploadStep batchId={batchId} file={chosen.file} />;
  }
  return (
    <OptionsStep
      draft={draft}
      file={chosen.file}
      mapping={columns.mapping}
      profiles={profiles}
      onDraft={setDraft}
      onBack={() => setStep("columns")}
      onOpened={wizard.opened}
    />
  );
}

function ColumnsStep({
  wizard,
  preview,
}: {
  readonly wizard: ReturnType<typeof useBatchWizard>;
  readonly preview: Preview;
}) {
  const ways = {
    preview,
    onBack: () => wizard.setStep("file"),
    onNext: () => wizard.setStep("options"),
  };
  return wizard.draft.source === "manifest" ? (
    <MappingStep {...wizard.columns} {...ways} />
  ) : (
    <PreviewStep {...ways} />
  );
}

/** The mapping of the file's columns: what was chosen here, else what is remembered or guessed. */
function useColumns(source: BatchSource, chosen: ChosenFile | undefined) {
  const [own, setOwn] = useState<Mapping>();
  const columns =
    source === "manifest" && chosen?.preview.kind === "table"
      ? chosen.preview.columns.filter((name) => name !== "")
      : [];
  const query = useQuery({ ...mappingQuery(columns), enabled: columns.length > 0 });
  return {
    mapping: own ?? query.data?.mapping ?? {},
    origin: query.isError ? "failed" : query.data === undefined ? "asked" : originOf(query.data),
    onMapping: setOwn,
    forget: () => setOwn(undefined),
  } as const;
}

function originOf({ remembered }: { readonly remembered: boolean }): "remembered" | "guessed" {
  return remembered ? "remembered" : "guessed";
}
