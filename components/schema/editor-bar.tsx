"use client";
import { checkText, editorText, schemaText } from "#components/strings/schema.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DraftState } from "#components/schema/use-draft.ts";
import type { SchemaView } from "#server/services/schema/view.ts";

/** Where the draft stands, and what can be done with it; stays in sight while one edits. */
export function EditorBar({
  schema,
  state,
  problems,
  broken,
  onSave,
  onPublish,
  onDiscard,
}: {
  readonly schema: SchemaView;
  readonly state: DraftState;
  readonly problems: number;
  /** Examples that do not hold. */
  readonly broken: number;
  readonly onSave: () => void;
  readonly onPublish: () => void;
  readonly onDiscard: () => void;
}) {
  const hasDraft = schema.draft !== null;
  return (
    <div className="sticky top-topbar z-10 -mx-1 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 bg-bg px-1 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
        <Standing schema={schema} state={state} />
        <Troubles state={state} problems={problems} broken={broken} />
      </div>
      <div className="flex flex-wrap gap-2">
        {hasDraft && (
          <Button variant="ghost" onClick={onDiscard}>
            {editorText.discard}
          </Button>
        )}
        <Button
          busy={state.busy}
          disabled={!state.dirty || state.definition === undefined}
          onClick={onSave}
        >
          {editorText.save}
        </Button>
        <Button
          variant="primary"
          disabled={state.definition === undefined || (!hasDraft && !state.dirty)}
          onClick={onPublish}
        >
          {editorText.publish}
        </Button>
      </div>
    </div>
  );
}

/** What stands in the way, each a way to its card. */
function Troubles({
  state,
  problems,
  broken,
}: {
  readonly state: DraftState;
  readonly problems: number;
  readonly broken: number;
}) {
  const { reading } = state;
  const troubles = [
    { at: "#fields", text: reading.ok ? "" : editorText.sourceWrong },
    {
      at: "#processing",
      text: reading.ok && reading.unfinished.size > 0 ? editorText.unfinished : "",
    },
    { at: "#check", text: problems > 0 ? checkText.problemCount(problems) : "" },
    { at: "#examples", text: broken > 0 ? checkText.examplesBroken(broken) : "" },
  ];
  return troubles
    .filter(({ text }) => text !== "")
    .map(({ at, text }) => (
      <a key={at} href={at} className="text-bad underline">
        {text}
      </a>
    ));
}

function Standing({ schema, state }: { readonly schema: SchemaView; readonly state: DraftState }) {
  if (state.dirty) return <StateBadge tone="warn">{editorText.unsaved}</StateBadge>;
  if (schema.draft !== null) {
    return (
      <span>
        {editorText.savedAt} <RelativeTime value={schema.draft.updatedAt} />{" "}
        {schemaText.draftBy(schema.draft.updatedBy)}
      </span>
    );
  }
  const latest = schema.versions[0];
  return (
    <span>{latest === undefined ? editorText.fromNothing : editorText.from(latest.version)}</span>
  );
}
