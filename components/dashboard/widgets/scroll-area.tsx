import clsx from "clsx";
import type { ReactNode } from "react";
import { widgetText } from "#components/strings/dashboard-widget.ts";

/** What scrolls within a widget; the keyboard reaches it. */
export function ScrollArea({
  label,
  className,
  children,
}: {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <section
      aria-label={widgetText.content(label)}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls needs the focus
      tabIndex={0}
      className={clsx("min-h-0 flex-1 overflow-auto", className)}
    >
      {children}
    </section>
  );
}
