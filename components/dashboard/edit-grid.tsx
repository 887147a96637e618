"use client";
import "react-grid-layout/css/styles.css";
import { GridLayout, useContainerWidth, verticalCompactor, type Layout } from "react-grid-layout";
import type { ReactNode } from "react";
import { dragHandleClass } from "#components/dashboard/drag-handle.ts";
import { gapPixels, rowPixels, WidgetCard } from "#components/dashboard/widget-card.tsx";
import { gridColumns, type Widget } from "#server/domain/dashboard.ts";
import { inReadingOrder, type Box } from "#server/domain/dashboard-layout.ts";

/** The widgets on a grid on which they can be dragged and resized by pointer. */
export function EditGrid({
  widgets,
  toolsOf,
  onPlaced,
}: {
  readonly widgets: readonly Widget[];
  readonly toolsOf: (widget: Widget) => ReactNode;
  readonly onPlaced: (boxes: readonly Box[]) => void;
}) {
  const { width, containerRef, mounted } = useContainerWidth();
  const report = (layout: Layout) =>
    onPlaced(layout.map(({ i: id, x, y, w, h }) => ({ id, x, y, w, h })));
  return (
    <div
      ref={containerRef}
      className="[&_.react-grid-placeholder]:rounded [&_.react-grid-placeholder]:bg-accent! [&_.react-resizable-handle]:z-1 [&_.react-resizable-handle]:opacity-100! dark:[&_.react-resizable-handle]:invert"
    >
      {/* The drag library would insert a style sheet under this id, which our policy refuses. */}
      <span hidden id="react-draggable-style-el" />
      {mounted && (
        <GridLayout
          width={width}
          gridConfig={{
            cols: gridColumns,
            rowHeight: rowPixels,
            margin: [gapPixels, gapPixels],
            containerPadding: [0, 0],
          }}
          dragConfig={{ handle: `.${dragHandleClass}` }}
          resizeConfig={{ handles: ["se"] }}
          compactor={verticalCompactor}
          layout={widgets.map(({ id: i, x, y, w, h }) => ({ i, x, y, w, h }))}
          onDragStop={report}
          onResizeStop={report}
        >
          {inReadingOrder(widgets).map((widget) => (
            <div key={widget.id}>
              <WidgetCard widget={widget} tools={toolsOf(widget)} />
            </div>
          ))}
        </GridLayout>
      )}
    </div>
  );
}
