"use client";
import { X } from "lucide-react";
import { DatesDialog } from "#components/certificate/dates-dialog.tsx";
import { FacetChip } from "#components/device/facet-chip.tsx";
import { FleetSearch } from "#components/device/fleet-search.tsx";
import { certificateListText as text } from "#components/strings/certificate-list.ts";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import {
  everyCertificate,
  isNarrowedCertificates,
  type CertificateFilter,
} from "#server/domain/certificate-filter.ts";
import { certificateKindNames, certificateKinds } from "#server/domain/certificate-kind.ts";
import { certificateStandings, standingNames } from "#server/domain/certificate-standing.ts";
import { commonNameOf } from "#server/domain/distinguished-name.ts";
import type { CertificateFacets } from "#server/services/certificate/facets.ts";

const daysToChoose = ["7", "30", "60", "90", "365"];

/** Nothing narrowed: what may be absent is said to be. */
const cleared = {
  ...everyCertificate.filter,
  withinDays: undefined,
  from: undefined,
  to: undefined,
};

type Props = {
  readonly filter: CertificateFilter;
  readonly facets: CertificateFacets;
  readonly onChange: (change: Partial<CertificateFilter>) => void;
};

/** The filters above the inventory. */
export function CertificateFilters({ filter, facets, onChange }: Props) {
  return (
    <fieldset className="flex flex-wrap gap-2">
      <legend className="sr-only">{text.filters}</legend>
      <Facets filter={filter} facets={facets} onChange={onChange} />
      <EndChips filter={filter} onChange={onChange} />
      <FleetSearch
        text={filter.text}
        hint={text.searchHint}
        onChange={(typed) => onChange({ text: typed })}
      />
      {isNarrowedCertificates(filter) && (
        <Button variant="ghost" size="sm" className="h-7.5!" onClick={() => onChange(cleared)}>
          {text.clearAll}
        </Button>
      )}
    </fieldset>
  );
}

function Facets({ filter, facets, onChange }: Props) {
  return (
    <>
      <FacetChip
        name={text.kind}
        chosen={filter.kinds}
        onChange={(kinds) => onChange({ kinds: [...kinds] })}
        options={certificateKinds.map((value) => ({
          value,
          label: certificateKindNames[value],
          count: facets.kinds[value] ?? 0,
        }))}
      />
      <FacetChip
        name={text.standing}
        chosen={filter.standings}
        onChange={(standings) => onChange({ standings: [...standings] })}
        options={certificateStandings.map((value) => ({
          value,
          label: standingNames[value],
          count: facets.standings[value] ?? 0,
        }))}
      />
      <FacetChip
        name={text.profile}
        chosen={filter.profileIds}
        onChange={(profileIds) => onChange({ profileIds: [...profileIds] })}
        options={facets.profiles.map(({ id, name, count }) => ({ value: id, label: name, count }))}
      />
      <FacetChip
        name={text.issuer}
        chosen={filter.issuers}
        onChange={(issuers) => onChange({ issuers: [...issuers] })}
        options={facets.issuers.map(({ name, count }) => ({
          value: name,
          label: commonNameOf(name),
          count,
        }))}
      />
    </>
  );
}

/** The words of a range of days; undefined without one. */
function rangeWords({ from, to }: CertificateFilter): string | undefined {
  if (from !== undefined && to !== undefined) return text.range(from, to);
  if (from !== undefined) return text.rangeFrom(from);
  return to === undefined ? undefined : text.rangeTo(to);
}

function EndChips({ filter, onChange }: Omit<Props, "facets">) {
  const range = rangeWords(filter);
  const within = filter.withinDays === undefined ? "" : String(filter.withinDays);
  const days =
    within === "" || daysToChoose.includes(within) ? daysToChoose : [...daysToChoose, within];
  return (
    <>
      <span className="w-44">
        <Select
          aria-label={text.within}
          className="w-full [&>select]:h-7.5!"
          value={within}
          options={[
            { value: "", label: text.anyTime },
            ...days.map((value) => ({ value, label: text.withinDays(value) })),
          ]}
          onChange={(event) =>
            onChange({
              withinDays: event.target.value === "" ? undefined : Number(event.target.value),
            })
          }
        />
      </span>
      {range === undefined ? (
        <DatesDialog onApply={onChange} />
      ) : (
        <Chip words={range} onRemove={() => onChange({ from: undefined, to: undefined })} />
      )}
      {filter.beforeContact && (
        <Chip words={text.beforeContact} onRemove={() => onChange({ beforeContact: false })} />
      )}
    </>
  );
}

function Chip({ words, onRemove }: { readonly words: string; readonly onRemove: () => void }) {
  return (
    <span className="inline-flex h-7.5 items-center rounded border border-accent bg-accent-soft pl-2.5 text-accent">
      {words}
      <button
        type="button"
        aria-label={text.removeFilter(words)}
        onClick={onRemove}
        className="flex h-full items-center rounded-r px-2 hover:bg-surface"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
