"use client";
/* oxlint-disable jsx-a11y/click-events-have-key-events, jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role -- a combobox with completion has no elements of its own */
import clsx from "clsx";
import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import {
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from "react";
import { metricsQuery } from "#components/device/fleet-queries.ts";
import { fleetText } from "#components/strings/device.ts";
import { Input } from "#components/ui/input.tsx";
import { maxQueryLength } from "#server/domain/fleet-filter.ts";
import {
  completeFleetQuery,
  type Completion,
  type KnownValues,
} from "#server/domain/fleet-query-complete.ts";
import { parseFleetQuery, type QueryProblem } from "#server/domain/fleet-query.ts";
import type { DeviceFacets } from "#server/services/device/facets.ts";

const pauseMs = 250;

function knownOf(facets: DeviceFacets, metrics: KnownValues["metrics"]): KnownValues {
  return {
    profiles: facets.profiles.map(({ name }) => name),
    tags: facets.tags.map(({ value }) => value),
    firmware: facets.firmware.map(({ value }) => value),
    gateways: facets.gateways.map(({ label }) => label),
    groups: facets.groups.map(({ name }) => name),
    metrics,
  };
}

/** The text as typed, applied when typing pauses and it can be understood; it follows the address. */
function useTypedQuery(query: string, onChange: (query: string) => void) {
  const [typed, setTyped] = useState(query);
  const [seen, setSeen] = useState(query);
  const [sent, setSent] = useState(query);
  if (seen !== query) {
    setSeen(query);
    setSent(query);
    // The address changed under the box: a link, a saved view, "clear filters". What the box itself
    // has sent comes back without the blank behind it, which somebody is about to type on from.
    if (query !== sent) setTyped(query);
  }
  const problems = parseFleetQuery(typed).problems;
  const isClear = problems.length === 0;
  const apply = useEffectEvent((value: string) => {
    setSent(value);
    onChange(value);
  });
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === sent || !isClear) return;
    const timer = setTimeout(() => apply(wanted), pauseMs);
    return () => clearTimeout(timer);
  }, [typed, sent, isClear]);
  return { typed, setTyped, problems };
}

/** What is offered at the cursor, and which of it is marked. */
function useCompletions(typed: string, facets: DeviceFacets) {
  const [open, setOpen] = useState(false);
  const [cursor, setCursor] = useState(0);
  const [marked, setMarked] = useState(-1);
  const { data: metrics = [] } = useQuery({ ...metricsQuery, enabled: open });
  const offers = open ? completeFleetQuery(typed, cursor, knownOf(facets, metrics)) : [];
  return {
    offers,
    marked: Math.min(marked, offers.length - 1),
    show(at: number) {
      setOpen(true);
      setCursor(at);
      setMarked(-1);
    },
    hide: () => setOpen(false),
    mark: (by: 1 | -1) =>
      setMarked((now) =>
        offers.length === 0
          ? -1
          : (Math.max(now, by === 1 ? -1 : 0) + by + offers.length) % offers.length,
      ),
  };
}

type FieldProps = {
  readonly query: string;
  readonly facets: DeviceFacets;
  readonly onChange: (query: string) => void;
};

type Replace = (replacement: Pick<Completion, "from" | "to" | "text">) => void;

/** Arrows go through what is offered, Enter and Tab take it, Escape closes it, then empties the field. */
function onQueryKey(
  event: KeyboardEvent,
  list: ReturnType<typeof useCompletions>,
  on: {
    readonly replace: Replace;
    readonly ask: () => void;
    readonly submit: () => void;
    readonly clear: () => void;
  },
): void {
  const offer = list.offers[list.marked];
  const isOpen = list.offers.length > 0;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp":
      event.preventDefault();
      if (isOpen) list.mark(event.key === "ArrowDown" ? 1 : -1);
      else on.ask();
      break;
    case "Enter":
    case "Tab":
      if (offer !== undefined) {
        event.preventDefault();
        on.replace(offer);
      } else if (event.key === "Enter") on.submit();
      break;
    case "Escape":
      if (isOpen) list.hide();
      else on.clear();
      break;
  }
}

/** The state of the field: what is typed, what is offered, what is wrong with it. */
function useQueryField(
  input: RefObject<HTMLInputElement | null>,
  { query, facets, onChange }: FieldProps,
) {
  const { typed, setTyped, problems } = useTypedQuery(query, onChange);
  const list = useCompletions(typed, facets);
  const [left, setLeft] = useState(query !== "");
  const [problem] = problems;
  const replace: Replace = ({ from, to, text }) => {
    const end = /[:>]$/.test(text) ? "" : " ";
    const at = from + text.length + end.length;
    setTyped(`${typed.slice(0, from)}${text}${end}${typed.slice(to).trimStart()}`);
    list.show(at);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  const ask = () => list.show(input.current?.selectionStart ?? typed.length);
  const leave = () => {
    setLeft(true);
    list.hide();
  };
  return {
    typed,
    list,
    replace,
    ask,
    leave,
    clear: () => setTyped(""),
    // While a word is being typed it is no mistake yet.
    problem: left || (problem !== undefined && problem.to < typed.length) ? problem : undefined,
    type(text: string, cursor: number) {
      setLeft(false);
      setTyped(text);
      list.show(cursor);
    },
    onKeyDown: (event: KeyboardEvent) =>
      onQueryKey(event, list, { replace, ask, submit: leave, clear: () => setTyped("") }),
  };
}

/** The query of the fleet table: a combobox (WAI-ARIA) that completes keys, then their values. */
export function FleetQueryField(props: FieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const field = useQueryField(input, props);
  const { list, typed, problem } = field;
  const listId = `${id}-list`;
  return (
    <div className="relative min-w-60 flex-1 max-sm:basis-full">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-2 left-2.5 size-3.5 text-ink-3"
      />
      <Input
        ref={input}
        type="text"
        role="combobox"
        aria-label={fleetText.search}
        aria-expanded={list.offers.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-invalid={problem !== undefined}
        {...(problem !== undefined && { "aria-describedby": `${id}-problem` })}
        {...(list.marked >= 0 && { "aria-activedescendant": `${listId}-${list.marked}` })}
        placeholder={fleetText.queryHint}
        data-page-filter
        maxLength={maxQueryLength}
        spellCheck={false}
        autoComplete="off"
        className="h-7.5! pr-8! pl-8!"
        value={typed}
        onChange={({ target }) =>
          field.type(target.value, target.selectionStart ?? target.value.length)
        }
        onClick={field.ask}
        onBlur={field.leave}
        onKeyDown={field.onKeyDown}
      />
      {typed !== "" && <ClearButton onClick={field.clear} />}
      <Offers id={listId} offers={list.offers} marked={list.marked} onChoose={field.replace} />
      {problem !== undefined && (
        <Problem id={`${id}-problem`} problem={problem} onReplace={field.replace} />
      )}
    </div>
  );
}

function ClearButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={fleetText.clearSearch}
      onClick={onClick}
      className="absolute top-0.5 right-0.5 rounded-sm p-1.5 text-ink-3 hover:text-ink"
    >
      <X aria-hidden className="size-3.5" />
    </button>
  );
}

function Offers({
  id,
  offers,
  marked,
  onChoose,
}: {
  readonly id: string;
  readonly offers: readonly Completion[];
  readonly marked: number;
  readonly onChoose: (offer: Completion) => void;
}) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label={fleetText.completions}
      hidden={offers.length === 0}
      className="absolute top-full left-0 z-30 mt-1 max-h-80 w-full min-w-64 overflow-y-auto rounded border border-line bg-surface p-1 shadow-float"
    >
      {offers.map((offer, index) => (
        <li
          key={offer.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === marked}
          // Before the input loses the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(offer)}
          className={clsx(
            "flex min-h-8 cursor-default items-center gap-3 rounded-sm px-2.5",
            index === marked ? "bg-accent-soft text-accent" : "hover:bg-sunken",
          )}
        >
          <span className="font-mono text-sm">{offer.text}</span>
          <span className="truncate text-sm text-ink-3">{offer.hint}</span>
        </li>
      ))}
    </ul>
  );
}

function Problem({
  id,
  problem,
  onReplace,
}: {
  readonly id: string;
  readonly problem: QueryProblem;
  readonly onReplace: (replacement: Pick<Completion, "from" | "to" | "text">) => void;
}) {
  return (
    <div id={id} role="alert" className="mt-1.5 text-sm text-bad">
      <p>
        {problem.message} {fleetText.notApplied}
      </p>
      {problem.suggestions.length > 0 && (
        <p className="mt-0.5 flex flex-wrap gap-x-2 text-ink-2">
          {fleetText.instead}
          {problem.suggestions.slice(0, 4).map((text) => (
            <button
              key={text}
              type="button"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onReplace({ from: problem.from, to: problem.to, text })}
              className="font-mono text-accent underline"
            >
              {text}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}
