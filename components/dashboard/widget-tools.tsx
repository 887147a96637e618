"use client";
import { Copy, GripVertical, Pencil, Trash2 } from "lucide-react";
import type { ComponentProps, KeyboardEvent } from "react";
import { dragHandleClass } from "#components/dashboard/drag-handle.ts";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { widgetEditText as text } from "#components/strings/dashboard-widget.ts";
import { Button } from "#components/ui/button.tsx";
import type { Widget } from "#server/domain/dashboard.ts";
import type { Direction } from "#server/domain/dashboard-layout.ts";

export type WidgetActions = {
  readonly onMove: (widget: Widget, direction: Direction) => void;
  readonly onResize: (widget: Widget, by: { readonly w: number; readonly h: number }) => void;
  readonly onEdit: (widget: Widget) => void;
  readonly onDuplicate: (widget: Widget) => void;
  readonly onRemove: (widget: Widget) => void;
};

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
const sizes: Readonly<Record<Direction, { readonly w: number; readonly h: number }>> = {
  left: { w: -1, h: 0 },
  right: { w: 1, h: 0 },
  up: { w: 0, h: -1 },
  down: { w: 0, h: 1 },
};

/** What can be done with a widget while editing; its handle takes the arrow keys. */
export function WidgetTools({
  widget,
  actions,
}: {
  readonly widget: Widget;
  readonly actions: WidgetActions;
}) {
  const title = widgetTitle(widget);
  return (
    <span className="-mr-2 flex shrink-0">
      <Tool
        label={text.move(title)}
        icon={GripVertical}
        aria-describedby="dashboard-move-hint"
        data-move={widget.id}
        className={`${dragHandleClass} cursor-grab touch-none active:cursor-grabbing`}
        onKeyDown={(event) => pressOn(event, widget, actions)}
      />
      <Tool label={text.edit(title)} icon={Pencil} onClick={() => actions.onEdit(widget)} />
      <Tool label={text.duplicate(title)} icon={Copy} onClick={() => actions.onDuplicate(widget)} />
      <Tool label={text.remove(title)} icon={Trash2} onClick={() => actions.onRemove(widget)} />
    </span>
  );
}

function pressOn(event: KeyboardEvent, widget: Widget, actions: WidgetActions) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Delete") {
    event.preventDefault();
    actions.onRemove(widget);
    return;
  }
  const direction = directions[event.key];
  if (direction === undefined) return;
  event.preventDefault();
  if (event.shiftKey) actions.onResize(widget, sizes[direction]);
  else actions.onMove(widget, direction);
}

function Tool({
  label,
  icon: Icon,
  ...rest
}: Omit<ComponentProps<typeof Button>, "children"> & {
  readonly label: string;
  readonly icon: typeof Copy;
}) {
  return (
    <Button variant="ghost" size="sm" iconOnly aria-label={label} {...rest}>
      <Icon aria-hidden className="size-3.5" />
    </Button>
  );
}
