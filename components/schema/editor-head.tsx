"use client";
import { useState } from "react";
import { ConflictNote } from "#components/schema/conflict-note.tsx";
import { DiscardDialog } from "#components/schema/discard-dialog.tsx";
import { EditorBar } from "#components/schema/editor-bar.tsx";
import type { Proved } from "#components/schema/proof-card.tsx";
import { PublishDialog } from "#components/schema/publish-dialog.tsx";
import type { DraftState } from "#components/schema/use-draft.ts";
import { useEditing } from "#components/schema/use-editing.ts";
import { editorText } from "#components/strings/schema.ts";
import { ErrorNote } from "#components/ui/error-state.tsx";
import type { DefinitionCheck, SchemaView } from "#server/services/schema/view.ts";

type Props = {
  readonly schema: SchemaView;
  readonly state: DraftState;
  readonly check: DefinitionCheck | undefined;
  readonly proved: Proved | undefined;
  readonly onReload: () => Promise<void>;
};

/** The bar of the editor with all that it opens: saving, publishing, discarding, conflicts. */
export function EditorHead({ schema, state, check, proved, onReload }: Props) {
  const editing = useEditing({ schema, state, onReload });
  const [opened, setOpened] = useState<"publish" | "discard">();
  const close = () => setOpened(undefined);
  return (
    <>
      <EditorBar
        schema={schema}
        state={state}
        problems={check?.problems.length ?? 0}
        broken={check?.examples.filter(({ ok }) => !ok).length ?? 0}
        onSave={() => void editing.save()}
        onPublish={() => setOpened("publish")}
        onDiscard={() => setOpened("discard")}
      />
      <SaveTrouble
        schema={schema}
        state={state}
        onTakeTheirs={() => void onReload()}
        onKeepMine={() => void editing.saveOver()}
      />
      {opened === "publish" && state.definition !== undefined && (
        <PublishDialog
          schema={schema}
          definition={state.definition}
          check={check}
          proved={proved}
          ready={async () => (state.dirty ? editing.save() : state.revision)}
          onPublished={(version) => {
            close();
            void editing.published(version);
          }}
          onClose={close}
        />
      )}
      {opened === "discard" && (
        <DiscardDialog
          name={schema.name}
          revision={state.revision}
          onDiscarded={() => {
            close();
            void editing.discarded();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

/** Why the draft is not saved: somebody was faster, or it was refused. */
function SaveTrouble({
  schema,
  state,
  onTakeTheirs,
  onKeepMine,
}: Pick<Props, "schema" | "state"> & {
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
}) {
  const { failure } = state;
  if (failure?.code === "conflict" || schema.revision > state.revision) {
    return (
      <ConflictNote
        who={schema.draft?.updatedBy ?? editorText.nobody}
        busy={state.busy}
        onTakeTheirs={onTakeTheirs}
        onKeepMine={onKeepMine}
      />
    );
  }
  if (failure === undefined) return null;
  return (
    <ErrorNote remedy={failure.remedy ?? undefined}>
      {editorText.notSaved}: {failure.message}
    </ErrorNote>
  );
}
