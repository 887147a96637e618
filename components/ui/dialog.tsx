"use client";
import clsx from "clsx";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { uiText } from "#components/strings/ui.ts";

type Frame = {
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

function Shell({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  place,
}: Frame & { readonly place: string }) {
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

/** A question or a short form over the page. Focus goes in and comes back by itself. */
export function Dialog({ size = "md", ...frame }: Frame & { readonly size?: "md" | "lg" }) {
  return (
    <Shell
      {...frame}
      place={clsx(
        "fade-in top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded border border-line",
        size === "md" ? "max-w-lg" : "max-w-3xl",
      )}
    />
  );
}

/** Details beside the list they belong to; the whole width on a phone. */
export function Drawer(frame: Frame) {
  return (
    <Shell
      {...frame}
      place="slide-in inset-y-0 right-0 w-full border-l border-line sm:max-w-xl lg:max-w-2xl"
    />
  );
}

export type DangerDialogProps = {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What happens, in one or two sentences. */
  readonly description: ReactNode;
  /** How far it reaches: devices, messages per day. */
  readonly blastRadius?: readonly KeyValue[];
  /** The worst actions: the name that has to be typed. */
  readonly typedName?: string;
  readonly confirmLabel: string;
  readonly busy?: boolean;
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
  readonly children?: ReactNode;
};

/** Before something that cannot be taken back: the blast radius first, then the name, then the button. */
export function DangerDialog({ open, onOpenChange, ...rest }: DangerDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={rest.title}
      description={rest.description}
      {...(open && { children: <DangerBody {...rest} onCancel={() => onOpenChange(false)} /> })}
    />
  );
}

function DangerBody({
  blastRadius,
  typedName,
  confirmLabel,
  busy = false,
  error,
  onConfirm,
  onCancel,
  children,
}: Omit<DangerDialogProps, "open" | "onOpenChange"> & { readonly onCancel: () => void }) {
  const [typed, setTyped] = useState("");
  const ready = typedName === undefined || typed === typedName;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onConfirm();
      }}
    >
      {blastRadius !== undefined && (
        <div className="rounded border border-line bg-sunken p-3">
          <KeyValues items={blastRadius} />
        </div>
      )}
      {children}
      {typedName !== undefined && (
        <Field label={uiText.typeToConfirm(typedName)}>
          <Input
            mono
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      )}
      {error !== undefined && <ErrorNote>{error}</ErrorNote>}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{uiText.cancel}</Button>
        <Button type="submit" variant="danger" disabled={!ready} busy={busy}>
          {busy ? uiText.working : confirmLabel}
        </Button>
      </div>
    </form>
  );
}
