"use client";
import { useState } from "react";
import {
  isTailFiltered,
  noTailFilters,
  type TailFilterName,
  type TailFilters,
} from "#components/message/tail-filter.ts";
import { tailText } from "#components/strings/message.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { liveOutcomes } from "#server/domain/live.ts";

export type ProfileChoice = { readonly id: string; readonly name: string };

const outcomes = [
  { value: "", label: tailText.anyOutcome },
  ...liveOutcomes.map((value) => ({ value, label: tailText.outcomes[value] })),
];

/** The filters above the tail. Texts count when Enter is pressed or the field is left. */
export function TailFilterBar({
  first,
  profiles,
  onChange,
}: {
  readonly first: TailFilters;
  readonly profiles: readonly ProfileChoice[];
  readonly onChange: (filters: TailFilters) => void;
}) {
  const [filters, setFilters] = useState(first);
  const apply = (next: TailFilters): void => {
    setFilters(next);
    if (JSON.stringify(next) !== JSON.stringify(first)) onChange(next);
  };
  const text = (name: Exclude<TailFilterName, "profile" | "outcome">) => ({
    value: filters[name],
    onChange: (value: string) => setFilters({ ...filters, [name]: value }),
    onCommit: () => apply(filters),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply(filters);
      }}
    >
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">{tailText.filters}</legend>
        <TextFilter label={tailText.device} hint={tailText.anyDevice} {...text("device")} />
        <Select
          aria-label={tailText.profile}
          options={[
            { value: "", label: tailText.anyProfile },
            ...profiles.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={filters.profile}
          onChange={(event) => apply({ ...filters, profile: event.target.value })}
        />
        <Select
          aria-label={tailText.outcome}
          options={outcomes}
          value={filters.outcome}
          onChange={(event) => apply({ ...filters, outcome: event.target.value })}
        />
        <TextFilter label={tailText.topic} hint={tailText.topicHint} {...text("topic")} />
        <TextFilter label={tailText.text} hint={tailText.textHint} {...text("text")} isPageFilter />
        {isTailFiltered(filters) && (
          <Button variant="ghost" onClick={() => apply(noTailFilters)}>
            {tailText.clearFilters}
          </Button>
        )}
      </fieldset>
    </form>
  );
}

function TextFilter({
  label,
  hint,
  value,
  onChange,
  onCommit,
  isPageFilter = false,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onCommit: () => void;
  readonly isPageFilter?: boolean;
}) {
  return (
    <Input
      aria-label={label}
      placeholder={hint}
      autoComplete="off"
      spellCheck={false}
      className="w-44! max-sm:w-full!"
      {...(isPageFilter && { "data-page-filter": true })}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onBlur={onCommit}
    />
  );
}
