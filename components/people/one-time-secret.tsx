"use client";
import type { ReactNode } from "react";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { peopleText } from "#components/strings/people.ts";

/** Something that is shown once, to be copied. Closing forgets it. */
export function OneTimeSecret({
  title,
  description,
  what,
  text,
  onClose,
}: {
  readonly title: string;
  readonly description: ReactNode;
  readonly what: string;
  /** Undefined: nothing to show. */
  readonly text: string | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      open={text !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={title}
      description={description}
      footer={
        <Button variant="primary" onClick={onClose}>
          {peopleText.done}
        </Button>
      }
    >
      {text !== undefined && <CodeBlock code={text} what={what} />}
    </Dialog>
  );
}
