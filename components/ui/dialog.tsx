"use client";
import clsx from "clsx";
import { useState, type ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import type { DialogFrame } from "#components/ui/dialog-shell.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { later, LaterPart } from "#components/ui/later.ts";
import { uiText } from "#components/strings/ui.ts";

/** What dialogs are made of, which no page shows first. */
export const dialogShell = later(
  async () => (await import("#components/ui/dialog-shell.tsx")).DialogShell,
);

function Shell(frame: DialogFrame & { readonly place: string }) {
  return <LaterPart of={dialogShell} needed={frame.open} props={frame} />;
}

/** A question or a short form over the page. Focus goes in and comes back by itself. */
export function Dialog({ size = "md", ...frame }: DialogFrame & { readonly size?: "md" | "lg" }) {
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
export function Drawer(frame: DialogFrame) {
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
