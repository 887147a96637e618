"use client";
import { Component, useRef, type ReactNode } from "react";
import { useInView } from "#components/ui/use-in-view.ts";
import { widgetTitle } from "#components/dashboard/widget-title.ts";
import { WidgetBody } from "#components/dashboard/widget-body.tsx";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { Button } from "#components/ui/button.tsx";
import type { Widget } from "#server/domain/dashboard.ts";

/** Pixels of a row of the grid, and between two. */
export const rowPixels = 76;
export const gapPixels = 12;
/** Title and paddings of a card. */
const framePixels = 62;

/** Pixels that the content of a widget has. */
export function bodyPixels({ h }: Pick<Widget, "h">): number {
  return h * rowPixels + (h - 1) * gapPixels - framePixels;
}

/** A widget with its title; it asks for data only while it is on screen. */
export function WidgetCard({
  widget,
  tools,
}: {
  readonly widget: Widget;
  readonly tools?: ReactNode;
}) {
  const card = useRef<HTMLElement>(null);
  const active = useInView(card);
  const title = widgetTitle(widget);
  const isPlain = widget.kind === "text" && widget.title === "" && tools === undefined;
  return (
    <section
      ref={card}
      aria-label={title}
      data-widget={widget.id}
      className="flex h-full min-w-0 flex-col rounded border border-line bg-surface"
    >
      {!isPlain && (
        <header className="flex h-9 shrink-0 items-center gap-1 px-3.5">
          <h2 className="min-w-0 flex-1 truncate font-semibold text-ink" title={title}>
            {title}
          </h2>
          {tools}
        </header>
      )}
      <div className={isPlain ? "min-h-0 flex-1 p-3.5" : "min-h-0 flex-1 px-3.5 pb-3"}>
        <WidgetBoundary key={JSON.stringify(widget)}>
          <WidgetBody widget={widget} active={active} height={bodyPixels(widget)} />
        </WidgetBoundary>
      </div>
    </section>
  );
}

/** A fault in one widget leaves the others as they are. */
class WidgetBoundary extends Component<
  { readonly children: ReactNode },
  { readonly failed: boolean }
> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert" className="flex h-full flex-col items-center justify-center gap-1">
        <p className="text-bad">{widgetText.failed}</p>
        <Button size="sm" onClick={() => this.setState({ failed: false })}>
          {widgetText.retry}
        </Button>
      </div>
    );
  }
}
