"use client";
import { FacetChip } from "#components/device/facet-chip.tsx";
import { FleetSearch } from "#components/device/fleet-search.tsx";
import { GatewayChip } from "#components/gateway/gateway-chip.tsx";
import { fleetText } from "#components/strings/device.ts";
import { Button } from "#components/ui/button.tsx";
import { certificateLifeNames, certificateLives } from "#server/domain/certificate-life.ts";
import { everyDevice, isNarrowed, type FleetFilter } from "#server/domain/fleet-filter.ts";
import { presenceNames, presences } from "#server/domain/presence.ts";
import type { DeviceFacets } from "#server/services/device/facets.ts";

/** The filters above the fleet table. */
export function FleetFilters({
  filter,
  facets,
  onChange,
}: {
  readonly filter: FleetFilter;
  readonly facets: DeviceFacets;
  readonly onChange: (change: Partial<FleetFilter>) => void;
}) {
  return (
    <fieldset className="mb-3 flex flex-wrap gap-2">
      <legend className="sr-only">{fleetText.filters}</legend>
      <FacetChip
        name={fleetText.presence}
        chosen={filter.presence}
        onChange={(presence) => onChange({ presence: [...presence] })}
        options={presences.map((value) => ({
          value,
          label: presenceNames[value],
          count: facets.presence[value] ?? 0,
        }))}
      />
      <FacetChip
        name={fleetText.profile}
        chosen={filter.profileIds}
        onChange={(profileIds) => onChange({ profileIds: [...profileIds] })}
        options={facets.profiles.map((profile) => ({
          value: profile.id,
          label: profile.name,
          count: profile.count,
        }))}
      />
      <FacetChip
        name={fleetText.certificate}
        chosen={filter.certificate}
        onChange={(certificate) => onChange({ certificate: [...certificate] })}
        options={certificateLives.map((value) => ({
          value,
          label: certificateLifeNames[value],
          count: facets.certificate[value] ?? 0,
        }))}
      />
      <GatewayChip
        gatewayId={filter.gatewayId}
        onRemove={() => onChange({ gatewayId: undefined })}
      />
      <FleetSearch text={filter.text} onChange={(text) => onChange({ text })} />
      {isNarrowed(filter) && (
        <Button
          variant="ghost"
          size="sm"
          className="h-7.5!"
          onClick={() => onChange({ ...everyDevice.filter, gatewayId: undefined })}
        >
          {fleetText.clearAll}
        </Button>
      )}
    </fieldset>
  );
}
