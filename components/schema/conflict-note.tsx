"use client";
import { editorText } from "#components/strings/schema.ts";
import { Button } from "#components/ui/button.tsx";

/** Somebody else saved the draft while one was editing it: whose counts? */
export function ConflictNote({
  who,
  busy,
  onTakeTheirs,
  onKeepMine,
}: {
  readonly who: string;
  readonly busy: boolean;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
}) {
  return (
    <div role="alert" className="rounded border border-warn/40 bg-warn-soft px-3 py-2.5">
      <p className="font-medium text-ink">{editorText.theirsTitle(who)}</p>
      <p className="mt-0.5 text-ink-2">{editorText.theirsText}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button size="sm" onClick={onTakeTheirs}>
          {editorText.takeTheirs}
        </Button>
        <Button size="sm" busy={busy} onClick={onKeepMine}>
          {editorText.keepMine}
        </Button>
      </div>
    </div>
  );
}
