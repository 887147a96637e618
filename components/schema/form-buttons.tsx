"use client";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";

/** The end of a form in a dialog: back, and the button that sends it. */
export function FormButtons({
  label,
  busy,
  onCancel,
}: {
  readonly label: string;
  readonly busy: boolean;
  readonly onCancel: () => void;
}) {
  return (
    <div className="flex justify-end gap-2">
      <Button onClick={onCancel}>{uiText.cancel}</Button>
      <Button type="submit" variant="primary" busy={busy}>
        {label}
      </Button>
    </div>
  );
}
