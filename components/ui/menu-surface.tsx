"use client";
import { Menu as Radix } from "radix-ui/internal";
import { useRef, type ReactNode, type RefObject } from "react";
import { MenuParts } from "#components/ui/menu-parts.ts";

/** What opens under a menu's trigger; the focus goes in, and back to the trigger. */
export function MenuSurface({
  id,
  open,
  onOpenChange,
  trigger,
  align,
  className,
  children,
}: {
  readonly id: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly trigger: RefObject<HTMLElement | null>;
  readonly align: "start" | "end";
  readonly className: string;
  readonly children: ReactNode;
}) {
  const leftByPointer = useRef(false);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <Radix.Anchor virtualRef={trigger as RefObject<HTMLElement>} />
      <Radix.Portal>
        <Radix.Content
          id={id}
          aria-labelledby={trigger.current?.id}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={className}
          onInteractOutside={() => {
            leftByPointer.current = true;
          }}
          onCloseAutoFocus={(event) => {
            // Whoever pointed at something else means that, and not the trigger.
            if (!leftByPointer.current) trigger.current?.focus();
            leftByPointer.current = false;
            event.preventDefault();
          }}
        >
          <MenuParts value={Radix}>{children}</MenuParts>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
