"use client";
import { X } from "lucide-react";
import { FacetChip } from "#components/device/facet-chip.tsx";
import { FleetSearch } from "#components/device/fleet-search.tsx";
import { refusedText, wordsOfCause } from "#components/strings/refused.ts";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import {
  everyRefusal,
  isRefusalViewNarrowed,
  refusalRanges,
  type RefusalView,
} from "#server/domain/refusal-view.ts";
import type { RefusalFacet } from "#server/services/refused-connection/facets.ts";

const ranges = refusalRanges.map((value) => ({ value, label: refusedText.ranges[value] }));

/** The filters above the refusals: time, cause with counts, device, text. */
export function RefusedFilters({
  view,
  facets,
  onChange,
}: {
  readonly view: RefusalView;
  readonly facets: readonly RefusalFacet[];
  readonly onChange: (change: Partial<RefusalView>) => void;
}) {
  const absent = view.causes.filter((cause) => facets.every((facet) => facet.cause !== cause));
  const options = [
    ...facets.map(({ cause, attempts }) => ({ cause, attempts })),
    ...absent.map((cause) => ({ cause, attempts: 0 })),
  ];
  return (
    <fieldset className="mb-3 flex flex-wrap gap-2">
      <legend className="sr-only">{refusedText.filters}</legend>
      <Select
        className="[&>select]:h-7.5! [&>select]:border-line-strong"
        aria-label={refusedText.range}
        options={ranges}
        value={view.range}
        onChange={(event) =>
          onChange({
            range:
              refusalRanges.find((range) => range === event.target.value) ?? everyRefusal.range,
          })
        }
      />
      <FacetChip
        name={refusedText.cause}
        chosen={view.causes}
        onChange={(causes) => onChange({ causes })}
        options={options.map(({ cause, attempts }) => ({
          value: cause,
          label: wordsOfCause(cause).title,
          count: attempts,
        }))}
      />
      {view.device !== "" && (
        <DeviceChip device={view.device} onRemove={() => onChange({ device: "" })} />
      )}
      <FleetSearch
        text={view.text}
        hint={refusedText.search}
        onChange={(text) => onChange({ text })}
      />
      {isRefusalViewNarrowed(view) && (
        <Button
          variant="ghost"
          size="sm"
          className="h-7.5!"
          onClick={() => onChange({ ...everyRefusal, range: view.range })}
        >
          {refusedText.clearAll}
        </Button>
      )}
    </fieldset>
  );
}

function DeviceChip({
  device,
  onRemove,
}: {
  readonly device: string;
  readonly onRemove: () => void;
}) {
  const words = refusedText.ofDevice(device);
  return (
    <button
      type="button"
      aria-label={refusedText.removeFilter(words)}
      onClick={onRemove}
      className="inline-flex h-7.5 max-w-full items-center gap-1.5 rounded border border-accent bg-accent-soft px-2.5 text-accent hover:bg-surface"
    >
      <span className="truncate">{words}</span>
      <X aria-hidden className="size-3.5 shrink-0" />
    </button>
  );
}
