import clsx from "clsx";
import type { DiffPart } from "#components/schema/line-difference.ts";
import { versionText } from "#components/strings/schema-use.ts";
import { formatCount } from "#components/ui/format.ts";

const looks = {
  added: { sign: "+", word: versionText.linesAdded, look: "bg-ok-soft text-ink" },
  removed: { sign: "−", word: versionText.linesRemoved, look: "bg-bad-soft text-ink" },
  same: { sign: " ", word: "", look: "text-ink-2" },
} as const;

/** What is different between two texts, line by line. */
export function DifferenceLines({ parts }: { readonly parts: readonly DiffPart[] }) {
  return (
    <ol
      aria-label={versionText.lines}
      className="overflow-hidden rounded border border-line bg-surface py-1 font-mono text-sm"
    >
      {parts.map((part, index) =>
        part.kind === "skipped" ? (
          <li key={index} className="bg-sunken px-3 py-0.5 font-sans text-ink-3">
            {versionText.linesSame(formatCount(part.count))}
          </li>
        ) : (
          <li
            key={index}
            className={clsx("flex gap-2 px-3 whitespace-pre-wrap", looks[part.kind].look)}
          >
            <span aria-hidden className="w-3 shrink-0 select-none">
              {looks[part.kind].sign}
            </span>
            {looks[part.kind].word !== "" && (
              <span className="sr-only">{looks[part.kind].word}</span>
            )}
            <span className="min-w-0 wrap-anywhere">{part.text}</span>
          </li>
        ),
      )}
    </ol>
  );
}
