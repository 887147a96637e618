import clsx from "clsx";
import type { ChosenLetter } from "#components/dead-letter/use-chosen-letter.ts";
import { letterText } from "#components/strings/workbench.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** Some letters of a cause, newest first; one of them is looked at. */
export function LetterPicker({ letters }: { readonly letters: ChosenLetter }) {
  return (
    <nav aria-label={letterText.letters} className="border-b border-line pb-2">
      <ul>
        {letters.letters.map(({ id, deviceId, receivedAt }) => {
          const isChosen = id === letters.chosen;
          return (
            <li key={id}>
              <button
                type="button"
                aria-current={isChosen ? "true" : undefined}
                onClick={() => letters.choose(id)}
                className={clsx(
                  "flex min-h-8 w-full items-center justify-between gap-3 border-l-3 px-3 text-left",
                  isChosen
                    ? "border-accent bg-accent-soft text-ink"
                    : "border-transparent text-ink-2 hover:bg-sunken",
                )}
              >
                <span className="truncate">{deviceId}</span>
                <span className="shrink-0 text-sm">
                  <RelativeTime value={receivedAt} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {letters.hasOlder && (
        <Button
          variant="ghost"
          size="sm"
          className="mt-1 ml-1"
          busy={letters.isLoadingOlder}
          onClick={letters.loadOlder}
        >
          {letters.isLoadingOlder ? uiText.loadingMore : letterText.older}
        </Button>
      )}
    </nav>
  );
}
