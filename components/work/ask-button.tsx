"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

/** A button that asks before it ends something. */
export function AskButton({
  label,
  title,
  text,
  keep,
  busy,
  onConfirm,
}: {
  readonly label: string;
  readonly title: string;
  readonly text: string;
  /** What the button says that changes nothing. */
  readonly keep: string;
  readonly busy: boolean;
  readonly onConfirm: () => Promise<void>;
}) {
  const [asked, setAsked] = useState(false);
  async function confirm() {
    await onConfirm();
    setAsked(false);
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>{label}</Button>
      <Dialog
        open={asked}
        onOpenChange={setAsked}
        title={title}
        description={text}
        footer={
          <>
            <Button onClick={() => setAsked(false)}>{keep}</Button>
            <Button variant="danger" busy={busy} onClick={() => void confirm()}>
              {label}
            </Button>
          </>
        }
      />
    </>
  );
}
