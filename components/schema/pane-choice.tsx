"use client";
import clsx from "clsx";
import { editorText } from "#components/strings/schema.ts";

export type Pane = "form" | "source";
const panes: readonly { readonly id: Pane; readonly label: string }[] = [
  { id: "form", label: editorText.formPane },
  { id: "source", label: editorText.sourcePane },
];

/** On a narrow screen: which of the two is shown. */
export function PaneChoice({
  pane,
  onChange,
}: {
  readonly pane: Pane;
  readonly onChange: (pane: Pane) => void;
}) {
  return (
    <fieldset className="flex gap-1 lg:hidden">
      <legend className="sr-only">{editorText.panes}</legend>
      {panes.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          aria-pressed={pane === id}
          onClick={() => onChange(id)}
          className={clsx(
            "h-7 rounded border px-2.5 text-sm",
            pane === id
              ? "border-line-strong bg-surface font-medium text-ink"
              : "border-transparent text-ink-2 hover:bg-sunken",
          )}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
