"use client";
import Link from "next/link";
import { directions, everyOpenGroup, type GroupView } from "#components/dead-letter/group-view.ts";
import { FleetSearch } from "#components/device/fleet-search.tsx";
import { workbenchText } from "#components/strings/workbench.ts";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";

const low = "[&>select]:h-7.5! [&>select]:border-line-strong";
const states = ["open", "all"] as const;
const everyDirection = ["", ...directions] as const;

/** The filters above the groups: open or all, from devices or undeliverable, text. */
export function GroupFilters({
  view,
  onChange,
}: {
  readonly view: GroupView;
  readonly onChange: (change: Partial<GroupView>) => void;
}) {
  const isNarrowed = view.direction !== "" || view.q !== "";
  return (
    <fieldset className="mb-3 flex flex-wrap items-center gap-2">
      <legend className="sr-only">{workbenchText.filters}</legend>
      <Select
        className={low}
        aria-label={workbenchText.stateFilter}
        options={states.map((value) => ({ value, label: workbenchText.states[value] }))}
        value={view.state}
        onChange={({ target }) => onChange({ state: target.value === "all" ? "all" : "open" })}
      />
      <Select
        className={low}
        aria-label={workbenchText.directionFilter}
        options={everyDirection.map((value) => ({ value, label: workbenchText.directions[value] }))}
        value={view.direction}
        onChange={({ target }) =>
          onChange({ direction: directions.find((each) => each === target.value) ?? "" })
        }
      />
      <FleetSearch text={view.q} hint={workbenchText.search} onChange={(q) => onChange({ q })} />
      {isNarrowed && (
        <Button
          variant="ghost"
          size="sm"
          className="h-7.5!"
          onClick={() => onChange({ ...everyOpenGroup, state: view.state })}
        >
          {workbenchText.clearFilters}
        </Button>
      )}
      <Link href="/dead-letters/all" className="text-accent hover:underline">
        {workbenchText.everyLetter}
      </Link>
    </fieldset>
  );
}
