"use client";
import { useState } from "react";
import { saveDraft } from "#app/(console)/schemas/actions.ts";
import { authText } from "#components/strings/auth.ts";
import {
  draftOf,
  readDraft,
  type DraftReading,
  type EditorDraft,
} from "#components/schema/editor-draft.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type { Failure } from "#server/web/failure.ts";

/** What an editing begins with. */
export type EditorBase = {
  readonly definition: SchemaDefinition;
  /** Of the draft that is saved. */
  readonly revision: number;
};

export type DraftState = {
  readonly draft: EditorDraft;
  readonly reading: DraftReading;
  /** What can be saved and proved: whole, and JSON. */
  readonly definition: SchemaDefinition | undefined;
  readonly dirty: boolean;
  readonly revision: number;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  readonly change: (part: Partial<EditorDraft>) => void;
  /** @returns the new revision, or undefined when it was refused */
  readonly save: (over?: number) => Promise<number | undefined>;
};

const noAnswer: Failure = {
  code: "unavailable",
  message: authText.noAnswer,
  remedy: authText.noAnswerRemedy,
  fields: [],
};

function wholeOf(reading: DraftReading): SchemaDefinition | undefined {
  return reading.ok && reading.unfinished.size === 0 ? reading.definition : undefined;
}

/** The draft that one is editing, and its saving. */
export function useDraft(name: string, base: EditorBase): DraftState {
  const [draft, setDraft] = useState(() => draftOf(base.definition));
  const [saved, setSaved] = useState(() => ({
    json: JSON.stringify(wholeOf(readDraft(draft))),
    revision: base.revision,
  }));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const reading = readDraft(draft);
  const definition = wholeOf(reading);

  async function save(over = saved.revision): Promise<number | undefined> {
    if (definition === undefined) return undefined;
    setBusy(true);
    setFailure(undefined);
    const result = await saveDraft({ name, revision: over, definition }).catch(() => undefined);
    setBusy(false);
    if (result?.ok !== true) {
      setFailure(result === undefined ? noAnswer : result.error);
      return undefined;
    }
    setSaved({ json: JSON.stringify(definition), revision: result.value.revision });
    return result.value.revision;
  }

  return {
    draft,
    reading,
    definition,
    dirty: definition === undefined || JSON.stringify(definition) !== saved.json,
    revision: saved.revision,
    busy,
    failure,
    change: (part) => setDraft((before) => ({ ...before, ...part })),
    save,
  };
}
