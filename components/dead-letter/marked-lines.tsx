import clsx from "clsx";
import { CircleDashed, CircleHelp, Ruler, Shapes, type LucideIcon } from "lucide-react";
import { letterText } from "#components/strings/workbench.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { DifferenceItem } from "#server/schema/difference.ts";
import type { MarkedLine } from "#server/schema/mark-json.ts";

type Kind = DifferenceItem["kind"];

const looks: Readonly<
  Record<Kind, { readonly Icon: LucideIcon; readonly line: string; readonly word: string }>
> = {
  missing: { Icon: CircleDashed, line: "bg-bad-soft border-bad", word: "text-bad" },
  unknown: { Icon: CircleHelp, line: "bg-warn-soft border-warn", word: "text-warn" },
  type: { Icon: Shapes, line: "bg-bad-soft border-bad", word: "text-bad" },
  value: { Icon: Ruler, line: "bg-bad-soft border-bad", word: "text-bad" },
};

/** What kind of difference it is: sign, word and colour. */
export function DifferenceKind({ kind }: { readonly kind: Kind }) {
  const { Icon, word } = looks[kind];
  return (
    <span className={clsx("inline-flex items-center gap-1 text-xs font-medium", word)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {letterText.kinds[kind]}
    </span>
  );
}

/** A payload line by line, each that differs from the schema marked with what is wrong there. */
export function MarkedLines({
  lines,
  what,
}: {
  readonly lines: readonly MarkedLine[];
  readonly what: string;
}) {
  return (
    <div className="relative rounded border border-line bg-sunken py-1.5">
      <ol className="font-mono text-sm leading-6 text-ink">
        {lines.map((line, index) => (
          <Line
            key={index}
            line={line}
            number={isSent(line) ? lines.slice(0, index + 1).filter(isSent).length : undefined}
          />
        ))}
      </ol>
      <span className="absolute top-1.5 right-1.5">
        <CopyButton
          text={lines
            .filter(isSent)
            .map(({ text }) => text)
            .join("\n")}
          what={what}
        />
      </span>
    </div>
  );
}

/** What is missing has a line here and none in the payload. */
function isSent({ mark }: MarkedLine): boolean {
  return mark !== "missing";
}

function Line({
  line,
  number,
}: {
  readonly line: MarkedLine;
  readonly number: number | undefined;
}) {
  const { mark, note, text } = line;
  return (
    <li
      className={clsx(
        "flex flex-wrap gap-x-3 border-l-3 pr-10 pl-2",
        mark === undefined ? "border-transparent" : looks[mark].line,
      )}
    >
      <span
        aria-hidden
        className="w-6 shrink-0 text-right text-xs leading-6 text-ink-3 select-none"
      >
        {number}
      </span>
      <span
        className={clsx(
          "min-w-0 wrap-anywhere whitespace-pre-wrap",
          mark === "missing" && "text-ink-2 italic",
        )}
      >
        {text}
      </span>
      {mark !== undefined && (
        <span className="inline-flex flex-wrap items-center gap-x-2 font-sans leading-6">
          <DifferenceKind kind={mark} />
          {note !== undefined && <span className="text-xs text-ink-2">{note}</span>}
        </span>
      )}
    </li>
  );
}
