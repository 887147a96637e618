"use client";
import { Search, X } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { fleetText } from "#components/strings/device.ts";
import { Input } from "#components/ui/input.tsx";

const pauseMs = 200;

/** The text filter; it is applied when typing pauses. Key it by nothing: it follows the address by itself. */
export function FleetSearch({
  text,
  hint = fleetText.searchHint,
  onChange,
}: {
  readonly text: string;
  /** What the text is looked for in. */
  readonly hint?: string;
  readonly onChange: (text: string) => void;
}) {
  const [typed, setTyped] = useState(text);
  const [applied, setApplied] = useState(text);
  if (applied !== text) {
    // The address changed under the box: a link, "clear filters".
    setApplied(text);
    setTyped(text);
  }
  const apply = useEffectEvent((value: string) => {
    setApplied(value);
    onChange(value);
  });
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === applied) return;
    const timer = setTimeout(() => apply(wanted), pauseMs);
    return () => clearTimeout(timer);
  }, [typed, applied]);

  return (
    <div className="relative min-w-48 flex-1 max-sm:basis-full">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-ink-3"
      />
      <Input
        type="search"
        aria-label={fleetText.search}
        placeholder={hint}
        data-page-filter
        maxLength={128}
        spellCheck={false}
        autoComplete="off"
        className="h-7.5! pl-8! [&::-webkit-search-cancel-button]:hidden"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setTyped("");
        }}
      />
      {typed !== "" && (
        <button
          type="button"
          aria-label={fleetText.clearSearch}
          onClick={() => setTyped("")}
          className="absolute top-1/2 right-2 -translate-y-1/2 rounded-sm p-0.5 text-ink-3 hover:text-ink"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </div>
  );
}
