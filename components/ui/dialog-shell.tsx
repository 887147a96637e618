"use client";
import clsx from "clsx";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { uiText } from "#components/strings/ui.ts";

export type DialogFrame = {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons, the action last. */
  readonly footer?: ReactNode;
};

/** Into the first field; without one onto the dialog itself rather than its close button. */
function focusFirstField(event: Event) {
  const dialog = event.currentTarget;
  if (!(dialog instanceof HTMLElement)) return;
  event.preventDefault();
  (
    dialog.querySelector<HTMLElement>("input:not([type=checkbox]), textarea, select") ?? dialog
  ).focus();
}

/** The frame of dialogs and drawers: over the page, with the focus inside until it closes. */
export function DialogShell({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  place,
}: DialogFrame & { readonly place: string }) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fade-in fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          className={clsx("fixed z-50 flex flex-col bg-surface shadow-float outline-none", place)}
          onOpenAutoFocus={focusFirstField}
          {...(description === undefined && { "aria-describedby": undefined })}
        >
          <header className="flex items-start gap-4 border-b border-line py-3 pr-2.5 pl-4">
            <div className="min-w-0 flex-1 py-0.5">
              <Radix.Title className="text-lg leading-6 font-semibold text-ink">
                {title}
              </Radix.Title>
              {description !== undefined && (
                <Radix.Description asChild>
                  <div className="mt-0.5 text-base text-ink-2">{description}</div>
                </Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button variant="ghost" size="sm" iconOnly aria-label={uiText.close}>
                <X aria-hidden className="size-4" />
              </Button>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
