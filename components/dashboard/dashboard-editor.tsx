"use client";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { create } from "#app/(console)/dashboards/actions.ts";
import { ChoiceBar } from "#components/dashboard/choice-bar.tsx";
import { ConflictDialog } from "#components/dashboard/conflict-dialog.tsx";
import { dashboardHref } from "#components/dashboard/dashboard-queries.ts";
import { DashboardScopeProvider } from "#components/dashboard/dashboard-scope.tsx";
import { chosen } from "#components/dashboard/dashboard-viewer.tsx";
import { EditGrid } from "#components/dashboard/edit-grid.tsx";
import { EditorHeader } from "#components/dashboard/editor-header.tsx";
import { SettingsDrawer } from "#components/dashboard/settings-drawer.tsx";
import { useDashboardChoice } from "#components/dashboard/use-dashboard-choice.ts";
import { useEditing, type Editing } from "#components/dashboard/use-editing.ts";
import { useReferences } from "#components/dashboard/use-references.ts";
import { useWidgetActions } from "#components/dashboard/use-widget-actions.ts";
import { WidgetDrawer } from "#components/dashboard/widget-drawer.tsx";
import { WidgetTools } from "#components/dashboard/widget-tools.tsx";
import { useLeaveGuard } from "#components/device/use-leave-guard.tsx";
import { useChange } from "#components/people/use-change.ts";
import { widgetEditText } from "#components/strings/dashboard-widget.ts";
import { conflictText, dashboardText as text } from "#components/strings/dashboard.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { placed } from "#server/domain/dashboard-layout.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";
import type { DashboardShown } from "#server/services/dashboard/view.ts";

/** A dashboard while it is edited: nothing is kept until it is saved. */
export function DashboardEditor({
  dashboard,
  onSaved,
  onDone,
}: {
  readonly dashboard: DashboardShown;
  readonly onSaved: (saved: DashboardShown) => void;
  readonly onDone: () => void;
}) {
  const editing = useEditing(dashboard);
  const { content } = editing.draft;
  const { choice, setChoice } = useDashboardChoice(content);
  const references = useReferences(chosen(content, choice.values), dashboard.references);
  const [hasConflict, setConflict] = useState(false);
  const [inSettings, setInSettings] = useState(false);
  const toast = useToast();
  const guard = useLeaveGuard(editing.dirty, text);
  useUndoKeys(editing);

  async function save(over?: number) {
    const saved = await editing.save(over);
    if (saved === undefined) {
      setConflict(true);
      return;
    }
    setConflict(false);
    toast({ tone: "ok", title: text.saved, detail: text.savedDetail(saved.revision) });
    onSaved({ ...saved, references });
  }
  const isBeaten = ["conflict", "not_found"].includes(editing.failure?.code ?? "");
  return (
    <>
      <EditorHeader
        {...{ editing, onDone }}
        onSave={() => void save()}
        onSettings={() => setInSettings(true)}
      />
      {!isBeaten && <FailureNote failure={editing.failure} />}
      <DashboardScopeProvider variables={content.variables} choice={choice} references={references}>
        <ChoiceBar {...{ content, choice, references }} onChange={setChoice} />
        <EditedWidgets editing={editing} references={references} />
      </DashboardScopeProvider>
      {inSettings && (
        <SettingsDrawer {...{ editing, references }} onClose={() => setInSettings(false)} />
      )}
      {hasConflict && isBeaten && (
        <Conflict
          {...{ dashboard, editing }}
          onTheirs={(theirs) => {
            setConflict(false);
            editing.restart(theirs);
            onSaved(theirs);
          }}
          onOverwrite={(theirs) => void save(theirs.revision)}
          onClose={() => setConflict(false)}
        />
      )}
      {guard}
    </>
  );
}

function Conflict({
  dashboard,
  editing,
  ...on
}: {
  readonly dashboard: DashboardShown;
  readonly editing: Editing;
  readonly onTheirs: (theirs: DashboardShown) => void;
  readonly onOverwrite: (theirs: DashboardShown) => void;
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const { busy, change } = useChange(create, (made) => {
    router.push(dashboardHref(made.id));
    return { title: conflictText.copied(made.name) };
  });
  const { name, description, content } = editing.draft;
  return (
    <ConflictDialog
      id={dashboard.id}
      base={dashboard}
      busy={busy || editing.busy}
      onCopy={() =>
        void change({
          name: conflictText.copyName(name.slice(0, 110)),
          description,
          content,
        })
      }
      {...on}
    />
  );
}

function EditedWidgets({
  editing,
  references,
}: {
  readonly editing: Editing;
  readonly references: KnownReferences;
}) {
  const { content } = editing.draft;
  const { widgets } = content;
  const spoken = useRef<HTMLOutputElement>(null);
  const { actions, edited, closeDrawer } = useWidgetActions(editing, (words) => {
    if (spoken.current !== null) spoken.current.textContent = words;
  });
  const widget = widgets.find(({ id }) => id === edited);
  return (
    <>
      <output ref={spoken} aria-live="polite" className="sr-only" />
      <p id="dashboard-move-hint" className="sr-only">
        {widgetEditText.moveHint}
      </p>
      {widgets.length === 0 ? (
        <EmptyState title={text.emptyTitle}>{text.emptyText}</EmptyState>
      ) : (
        <EditGrid
          widgets={widgets}
          toolsOf={(each) => <WidgetTools widget={each} actions={actions} />}
          onPlaced={(boxes) => {
            const next = [...placed(widgets, boxes)];
            if (JSON.stringify(next) !== JSON.stringify(widgets)) {
              editing.changeContent({ widgets: next });
            }
          }}
        />
      )}
      {widget !== undefined && (
        <WidgetDrawer
          widget={widget}
          variables={content.variables}
          references={references}
          onChange={(next, part) => editing.changeWidget(next, `widget:${next.id}:${part}`)}
          onClose={closeDrawer}
        />
      )}
    </>
  );
}

/** Ctrl or ⌘ with Z, and with Shift. Fields keep their own undo. */
function useUndoKeys({ undo, redo }: Pick<Editing, "undo" | "redo">): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "z") return;
    const field = (event.target as Element | null)?.closest?.("input, textarea, select");
    if (field !== null && field !== undefined) return;
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
