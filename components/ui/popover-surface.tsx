"use client";
import { Popover as Radix } from "radix-ui";
import { useRef, type ReactNode, type RefObject } from "react";

/** What opens beside a popover's trigger; the focus goes in, and back to the trigger. */
export function PopoverSurface({
  id,
  label,
  open,
  onOpenChange,
  trigger,
  align,
  className,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly trigger: RefObject<HTMLElement | null>;
  readonly align: "start" | "end";
  readonly className: string;
  readonly children: ReactNode;
}) {
  const leftByPointer = useRef(false);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Anchor virtualRef={trigger} />
      <Radix.Portal>
        <Radix.Content
          id={id}
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={className}
          onInteractOutside={(event) => {
            // The trigger closes it by itself.
            if (trigger.current?.contains(event.target as Node)) event.preventDefault();
            else leftByPointer.current = true;
          }}
          onCloseAutoFocus={(event) => {
            if (!leftByPointer.current) trigger.current?.focus();
            leftByPointer.current = false;
            event.preventDefault();
          }}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
