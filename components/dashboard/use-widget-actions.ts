"use client";
import { useEffect, useRef } from "react";
import type { Editing } from "#components/dashboard/use-editing.ts";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { isFull, withCopy, without } from "#components/dashboard/widget-change.ts";
import type { WidgetActions } from "#components/dashboard/widget-tools.tsx";
import { widgetEditText as text } from "#components/strings/dashboard-widget.ts";
import type { Widget } from "#server/domain/dashboard.ts";
import { inReadingOrder, moveBox, resizeBox } from "#server/domain/dashboard-layout.ts";

/** What is done with single widgets; `say` tells it to those who do not see it. */
export function useWidgetActions(
  editing: Editing,
  say: (words: string) => void,
): {
  readonly actions: WidgetActions;
  /** Id of the widget whose drawer is open. */
  readonly edited: string | null;
  readonly closeDrawer: () => void;
} {
  const { content } = editing.draft;
  const { edited, setEdited } = editing;
  const focusNext = useRef<string | null>(null);

  // Widgets change their order in the document when they move, and lose the focus by it.
  useEffect(() => {
    if (focusNext.current === null) return;
    const handle = document.querySelector<HTMLElement>(`[data-move="${focusNext.current}"]`);
    focusNext.current = null;
    handle?.focus();
  });

  function place(widget: Widget, widgets: readonly Widget[], words: (now: Widget) => string) {
    const now = widgets.find(({ id }) => id === widget.id);
    if (now === undefined || widgets === content.widgets) return;
    focusNext.current = widget.id;
    editing.changeContent({ widgets: [...widgets] });
    say(words(now));
  }
  return {
    edited,
    closeDrawer: () => {
      focusNext.current = edited;
      setEdited(null);
    },
    actions: {
      onMove: (widget, direction) =>
        place(widget, moveBox(content.widgets, widget.id, direction), (now) =>
          text.moved(widgetTitle(now), now.x + 1, now.y + 1),
        ),
      onResize: (widget, by) =>
        place(widget, resizeBox(content.widgets, widget.id, by), (now) =>
          text.resized(widgetTitle(now), now.w, now.h),
        ),
      onEdit: ({ id }) => setEdited(id),
      onDuplicate: (widget) => {
        if (isFull(content)) {
          say(text.full);
          return;
        }
        const { widgets, added } = withCopy(content, widget);
        focusNext.current = added.id;
        editing.changeContent({ widgets });
        say(text.added(widgetTitle(added)));
      },
      onRemove: (widget) => {
        const order = inReadingOrder(content.widgets);
        const at = order.findIndex(({ id }) => id === widget.id);
        focusNext.current = (order[at + 1] ?? order[at - 1])?.id ?? null;
        editing.changeContent({ widgets: without(content, widget) });
        say(text.removed(widgetTitle(widget)));
      },
    },
  };
}
