"use client";
import type { CSSProperties } from "react";
import { bodyPixels, gapPixels, WidgetCard } from "#components/dashboard/widget-card.tsx";
import type { Widget } from "#server/domain/dashboard.ts";
import { inReadingOrder } from "#server/domain/dashboard-layout.ts";

/** The least that a widget has on a phone, where it is as wide as the screen. */
const leastPhonePixels = 120;

function placeOf(widget: Widget): CSSProperties {
  const { x, y, w, h } = widget;
  // Custom properties: on a phone none of it counts, the widgets follow each other.
  return {
    "--column": `${x + 1} / span ${w}`,
    "--row": `${y + 1} / span ${h}`,
    "--phone": `${Math.max(leastPhonePixels, bodyPixels(widget) + 62)}px`,
  } as CSSProperties;
}

/** The widgets on their places; on a phone one below the other in reading order. */
export function DashboardGrid({ widgets }: { readonly widgets: readonly Widget[] }) {
  return (
    <div
      className="grid grid-cols-1 md:auto-rows-[76px] md:grid-cols-12"
      style={{ gap: gapPixels }}
    >
      {inReadingOrder(widgets).map((widget) => (
        <div
          key={widget.id}
          style={placeOf(widget)}
          className="min-w-0 max-md:h-(--phone) md:[grid-column:var(--column)] md:[grid-row:var(--row)]"
        >
          <WidgetCard widget={widget} />
        </div>
      ))}
    </div>
  );
}
