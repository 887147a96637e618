"use client";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import { CheckCard } from "#components/schema/check-card.tsx";
import { CompatibilityCard } from "#components/schema/compatibility-card.tsx";
import { DefinitionCards } from "#components/schema/definition-cards.tsx";
import { DraftExamples } from "#components/schema/draft-examples.tsx";
import { EditorHead } from "#components/schema/editor-head.tsx";
import { ProofCard, type Proved } from "#components/schema/proof-card.tsx";
import { definitionCheckQuery } from "#components/schema/schema-queries.ts";
import { showerOf } from "#components/schema/source-places.ts";
import { StepsCard } from "#components/schema/steps-card.tsx";
import { useDebounced } from "#components/schema/use-debounced.ts";
import { useDraft, type DraftState, type EditorBase } from "#components/schema/use-draft.ts";
import { editorText } from "#components/strings/schema.ts";
import type { SchemaView } from "#server/services/schema/view.ts";

const pauseMs = 400;
const nothing: ReadonlyMap<string, string> = new Map();

type Props = {
  readonly schema: SchemaView;
  readonly base: EditorBase;
  readonly mayManage: boolean;
  /** Begins anew with what is saved. */
  readonly onReload: () => Promise<void>;
};

/** One editing of a draft, from what was saved to what will be. */
export function EditorRun({ schema, base, mayManage, onReload }: Props) {
  const state = useDraft(schema.name, base);
  const area = useRef<HTMLTextAreaElement>(null);
  const [proved, setProved] = useState<Proved>();
  const asked = useDebounced(state.definition, pauseMs);
  const check = useQuery(definitionCheckQuery(schema.name, asked));
  const waiting = check.isFetching || asked !== state.definition;
  const known = state.definition === undefined ? undefined : check.data;
  const leaving = useLeaveGuard(state.dirty && mayManage, editorText.leave);
  const readOnly = !mayManage;
  return (
    <div className="flex flex-col gap-4">
      {mayManage ? (
        <EditorHead {...{ schema, state, proved, onReload }} check={known} />
      ) : (
        <p className="text-ink-2">{editorText.readOnly}</p>
      )}
      <DefinitionCards state={state} check={known} area={area} readOnly={readOnly} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <DraftSteps state={state} readOnly={readOnly} />
          <DraftExamples
            name={schema.name}
            state={state}
            check={known}
            waiting={waiting}
            readOnly={readOnly}
          />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <CheckCard
            check={known}
            busy={waiting && state.definition !== undefined}
            failed={check.isError ? check.error.message : undefined}
            onShow={(path) => showerOf(path, state.reading, area)}
          />
          <CompatibilityCard check={known} latest={schema.versions[0]?.version ?? null} />
          {mayManage && (
            <ProofCard
              name={schema.name}
              definition={state.definition}
              proved={proved}
              onProved={setProved}
            />
          )}
        </div>
      </div>
      {leaving}
    </div>
  );
}

function DraftSteps({
  state,
  readOnly,
}: {
  readonly state: DraftState;
  readonly readOnly: boolean;
}) {
  const { draft, reading, change } = state;
  return (
    <StepsCard
      steps={draft.processing}
      unfinished={reading.ok ? reading.unfinished : nothing}
      dropWhen={draft.dropWhen}
      readOnly={readOnly}
      onSteps={(processing) => change({ processing })}
      onDropWhen={(dropWhen) => change({ dropWhen })}
    />
  );
}
