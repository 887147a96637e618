"use client";
import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** Around the application once, so that neighbouring tooltips follow without delay. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return <Radix.Provider delayDuration={350}>{children}</Radix.Provider>;
}

/** A short explanation on hover and focus. The child must take focus: a button or a link. */
export function Tooltip({
  label,
  children,
}: {
  readonly label: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="fade-in z-60 max-w-72 rounded bg-ink px-2 py-1 text-sm text-bg"
        >
          {label}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
