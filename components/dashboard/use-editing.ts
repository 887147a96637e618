"use client";
import { useState } from "react";
import { save as saveAction } from "#app/(console)/dashboards/actions.ts";
import {
  changeStack,
  redo,
  startStack,
  undo,
  type UndoStack,
} from "#components/dashboard/undo-stack.ts";
import { authText } from "#components/strings/auth.ts";
import type { DashboardContent, Widget } from "#server/domain/dashboard.ts";
import type { DashboardView } from "#server/services/dashboard/view.ts";
import type { Failure } from "#server/web/failure.ts";

/** What is edited of a dashboard. */
export type DashboardDraft = Pick<DashboardView, "name" | "description" | "content">;

export type Editing = {
  readonly draft: DashboardDraft;
  readonly dirty: boolean;
  readonly mayUndo: boolean;
  readonly mayRedo: boolean;
  /** `topic`: changes one after the other about the same are one step back. */
  readonly change: (part: Partial<DashboardDraft>, topic?: string) => void;
  readonly changeContent: (part: Partial<DashboardContent>, topic?: string) => void;
  readonly changeWidget: (widget: Widget, topic?: string) => void;
  /** Id of the widget whose drawer is open. */
  readonly edited: string | null;
  readonly setEdited: (id: string | null) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Begins anew with what is saved. */
  readonly restart: (saved: DashboardView) => void;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  /** @returns what is saved now, or undefined when it was refused. `over`: another revision to replace. */
  readonly save: (over?: number) => Promise<DashboardView | undefined>;
};

const noAnswer: Failure = {
  code: "unavailable",
  message: authText.noAnswer,
  remedy: authText.noAnswerRemedy,
  fields: [],
};

const draftOf = ({ name, description, content }: DashboardDraft): DashboardDraft => ({
  name,
  description,
  content,
});

/** The dashboard that one is editing: its draft, the way back, and its saving. */
export function useEditing(start: DashboardView): Editing {
  const [stack, setStack] = useState<UndoStack<DashboardDraft>>(() => startStack(draftOf(start)));
  const [saved, setSaved] = useState(start);
  const [edited, setEdited] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const draft = stack.present;

  function change(part: Partial<DashboardDraft>, topic?: string) {
    setStack((before) => changeStack(before, { ...before.present, ...part }, topic ?? null));
  }
  function changeContent(part: Partial<DashboardContent>, topic?: string) {
    setStack((before) => {
      const { present } = before;
      const content = { ...present.content, ...part };
      return changeStack(before, { ...present, content }, topic ?? null);
    });
  }
  async function save(over = saved.revision): Promise<DashboardView | undefined> {
    setBusy(true);
    setFailure(undefined);
    const input = { dashboardId: saved.id, revision: over, ...draft };
    const result = await saveAction(input).catch(() => undefined);
    setBusy(false);
    if (result?.ok !== true) {
      setFailure(result?.error ?? noAnswer);
      return undefined;
    }
    setSaved(result.value);
    return result.value;
  }
  return {
    draft,
    dirty: JSON.stringify(draft) !== JSON.stringify(draftOf(saved)),
    mayUndo: stack.past.length > 0,
    mayRedo: stack.future.length > 0,
    change,
    changeContent,
    changeWidget: (widget, topic) =>
      setStack((before) => {
        const { present } = before;
        const widgets = present.content.widgets.map((each) =>
          each.id === widget.id ? widget : each,
        );
        const content = { ...present.content, widgets };
        return changeStack(before, { ...present, content }, topic ?? null);
      }),
    edited,
    setEdited,
    undo: () => setStack(undo),
    redo: () => setStack(redo),
    restart: (next) => {
      setSaved(next);
      setStack(startStack(draftOf(next)));
      setFailure(undefined);
    },
    busy,
    failure,
    save,
  };
}
