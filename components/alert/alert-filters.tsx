"use client";
import {
  everyStanding,
  stateChoices,
  type AlertFilters as Filters,
} from "#components/alert/alert-view.ts";
import { FleetSearch } from "#components/device/fleet-search.tsx";
import { alertText } from "#components/strings/alert.ts";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import { alertRules, ruleWords, severities, severityNames } from "#server/domain/alert.ts";

const low = "[&>select]:h-7.5! [&>select]:border-line-strong";

const severityOptions = [
  { value: "", label: alertText.everySeverity },
  ...severities.map((value) => ({ value, label: severityNames[value] })),
];
const ruleOptions = [
  { value: "", label: alertText.everyRule },
  ...alertRules.map((value) => ({ value, label: ruleWords[value].name })),
];

/** The filters above the alerts: state, severity, rule, text. */
export function AlertFilters({
  filters,
  onChange,
}: {
  readonly filters: Filters;
  readonly onChange: (change: Partial<Filters>) => void;
}) {
  const isNarrowed = filters.severity !== "" || filters.rule !== "" || filters.q !== "";
  return (
    <fieldset className="mb-3 flex flex-wrap items-center gap-2">
      <legend className="sr-only">{alertText.filters}</legend>
      <Select
        className={low}
        aria-label={alertText.stateFilter}
        options={stateChoices.map((value) => ({ value, label: alertText.states[value] }))}
        value={filters.state}
        onChange={({ target }) =>
          onChange({ state: stateChoices.find((each) => each === target.value) ?? "standing" })
        }
      />
      <Select
        className={low}
        aria-label={alertText.severityFilter}
        options={severityOptions}
        value={filters.severity}
        onChange={({ target }) =>
          onChange({ severity: severities.find((each) => each === target.value) ?? "" })
        }
      />
      <Select
        className={low}
        aria-label={alertText.ruleFilter}
        options={ruleOptions}
        value={filters.rule}
        onChange={({ target }) =>
          onChange({ rule: alertRules.find((each) => each === target.value) ?? "" })
        }
      />
      <FleetSearch text={filters.q} hint={alertText.search} onChange={(q) => onChange({ q })} />
      {isNarrowed && (
        <Button
          variant="ghost"
          size="sm"
          className="h-7.5!"
          onClick={() => onChange({ ...everyStanding, state: filters.state })}
        >
          {alertText.clearFilters}
        </Button>
      )}
    </fieldset>
  );
}
