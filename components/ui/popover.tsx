"use client";
import clsx from "clsx";
import { Slot } from "radix-ui";
import { useId, useRef, useState, type ReactNode } from "react";
import { later, LaterPart } from "#components/ui/later.ts";

/** What such a button opens, which no page shows first. */
export const popoverSurface = later(
  async () => (await import("#components/ui/popover-surface.tsx")).PopoverSurface,
);

/** Fields and lists behind a button (`trigger`), over the page and beside it. */
export function Popover({
  trigger,
  label,
  align = "start",
  className,
  children,
}: {
  readonly trigger: ReactNode;
  /** Names what opens for assistive technology. */
  readonly label: string;
  readonly align?: "start" | "end";
  /** Its size and what is inside of it. */
  readonly className: string;
  readonly children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLElement>(null);
  const id = useId();
  return (
    <>
      <Slot.Root
        ref={button}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        data-state={open ? "open" : "closed"}
        onPointerEnter={popoverSurface.load}
        onFocus={popoverSurface.load}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </Slot.Root>
      <LaterPart
        of={popoverSurface}
        needed={open}
        props={{
          id: id,
          label,
          open,
          onOpenChange: setOpen,
          trigger: button,
          align,
          className: clsx(
            "fade-in z-50 rounded border border-line bg-surface text-ink shadow-float",
            className,
          ),
          children,
        }}
      />
    </>
  );
}
