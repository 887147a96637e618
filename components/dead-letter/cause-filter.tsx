"use client";
import clsx from "clsx";
import { X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { deadLetterHref, type DeadLetterFilterText } from "#components/dead-letter/filter.ts";
import { deadLetterText, wordsOfReason } from "#components/strings/dead-letter.ts";
import { formatCount } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";

export type Cause = { readonly reason: string; readonly count: number };

const chip =
  "inline-flex h-8.5 items-center gap-2 rounded border px-3 whitespace-nowrap transition-colors duration-100";
const chosen = "border-accent bg-accent-soft font-medium text-accent";
const open = "border-line-strong bg-surface text-ink hover:bg-sunken";

/** The causes with their counts as filters, and the text filter. The address holds both. */
export function CauseFilter({
  filter,
  causes,
}: {
  readonly filter: DeadLetterFilterText;
  readonly causes: readonly Cause[];
}) {
  const isListed = filter.reason === "" || causes.some(({ reason }) => reason === filter.reason);
  const shown = isListed ? causes : [{ reason: filter.reason, count: 0 }, ...causes];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <nav aria-label={deadLetterText.causes} title={deadLetterText.lastWeek}>
        <ul className="flex flex-wrap gap-2">
          <CauseChip filter={filter} reason="" />
          {shown.map(({ reason, count }) => (
            <CauseChip key={reason} filter={filter} reason={reason} count={count} />
          ))}
        </ul>
      </nav>
      {filter.device !== "" && (
        <Link
          href={deadLetterHref({ ...filter, device: "" })}
          aria-label={deadLetterText.removeFilter(deadLetterText.ofDevice(filter.device))}
          className={clsx(chip, chosen)}
        >
          {deadLetterText.ofDevice(filter.device)}
          <X aria-hidden className="size-3.5" />
        </Link>
      )}
      <TextFilter key={filter.text} filter={filter} />
    </div>
  );
}

function CauseChip({
  filter,
  reason,
  count,
}: {
  readonly filter: DeadLetterFilterText;
  readonly reason: string;
  readonly count?: number;
}) {
  const isChosen = filter.reason === reason;
  return (
    <li>
      <Link
        href={deadLetterHref({ ...filter, reason })}
        aria-current={isChosen ? "true" : undefined}
        className={clsx(chip, isChosen ? chosen : open)}
      >
        {reason === "" ? deadLetterText.all : wordsOfReason(reason).title}
        {count !== undefined && (
          <span className={isChosen ? "" : "text-ink-3"}>{formatCount(count)}</span>
        )}
      </Link>
    </li>
  );
}

function TextFilter({ filter }: { readonly filter: DeadLetterFilterText }) {
  const router = useRouter();
  return (
    <search className="min-w-60 flex-1">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const text = new FormData(event.currentTarget).get("text");
          router.push(
            deadLetterHref({ ...filter, text: typeof text === "string" ? text.trim() : "" }),
          );
        }}
      >
        <Input
          name="text"
          type="search"
          data-page-filter
          aria-label={deadLetterText.search}
          placeholder={deadLetterText.search}
          defaultValue={filter.text}
        />
      </form>
    </search>
  );
}
