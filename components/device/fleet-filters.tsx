"use client";
import type { ReactNode } from "react";
import { FacetChip } from "#components/device/facet-chip.tsx";
import { FleetQueryField } from "#components/device/fleet-query-field.tsx";
import { GatewayChip } from "#components/gateway/gateway-chip.tsx";
import { PlainChip } from "#components/device/plain-chip.tsx";
import { fleetText } from "#components/strings/device.ts";
import { Button } from "#components/ui/button.tsx";
import { certificateLifeNames, certificateLives } from "#server/domain/certificate-life.ts";
import { everyDevice, isNarrowed, type FleetFilter } from "#server/domain/fleet-filter.ts";
import { durationText } from "#server/domain/fleet-query-values.ts";
import { presenceNames, presences } from "#server/domain/presence.ts";
import type { DeviceFacets } from "#server/services/device/facets.ts";

type FilterProps = {
  readonly filter: FleetFilter;
  readonly facets: DeviceFacets;
  readonly onChange: (change: Partial<FleetFilter>) => void;
};

/** The filters above the fleet table; `children` stand beside them. */
export function FleetFilters({
  children,
  ...props
}: FilterProps & { readonly children?: ReactNode }) {
  const { filter, facets, onChange } = props;
  return (
    <fieldset className="mb-3 flex flex-wrap items-start gap-2">
      <legend className="sr-only">{fleetText.filters}</legend>
      <FleetQueryField
        query={filter.query}
        facets={facets}
        onChange={(query) => onChange({ query })}
      />
      <Facets {...props} />
      <OtherFilters {...props} />
      {isNarrowed(filter) && (
        <Button
          variant="ghost"
          size="sm"
          className="h-7.5!"
          onClick={() => onChange({ ...everyDevice.filter, ...noSingles })}
        >
          {fleetText.clearAll}
        </Button>
      )}
      {children}
    </fieldset>
  );
}

const noSingles = {
  gatewayId: undefined,
  location: undefined,
  bounds: undefined,
  contactBefore: undefined,
  contactWithin: undefined,
};

function Facets({ filter, facets, onChange }: FilterProps) {
  // While a large fleet is counted its choices are there, without numbers.
  const counted = (count = 0) => (facets.isCounted ? count : undefined);
  return (
    <>
      <FacetChip
        name={fleetText.presence}
        chosen={filter.presence}
        onChange={(presence) => onChange({ presence: [...presence] })}
        options={presences.map((value) => ({
          value,
          label: presenceNames[value],
          count: counted(facets.presence[value]),
        }))}
      />
      <FacetChip
        name={fleetText.profile}
        chosen={filter.profileIds}
        onChange={(profileIds) => onChange({ profileIds: [...profileIds] })}
        options={facets.profiles.map((profile) => ({
          value: profile.id,
          label: profile.name,
          count: counted(profile.count),
        }))}
      />
      <FacetChip
        name={fleetText.certificate}
        chosen={filter.certificate}
        onChange={(certificate) => onChange({ certificate: [...certificate] })}
        options={certificateLives.map((value) => ({
          value,
          label: certificateLifeNames[value],
          count: counted(facets.certificate[value]),
        }))}
      />
      {facets.tags.length > 0 && (
        <FacetChip
          name={fleetText.tag}
          chosen={filter.tags}
          onChange={(tags) => onChange({ tags: [...tags] })}
          options={facets.tags}
        />
      )}
      {facets.firmware.length > 0 && (
        <FacetChip
          name={fleetText.firmware}
          chosen={filter.firmware}
          onChange={(firmware) => onChange({ firmware: [...firmware] })}
          options={facets.firmware}
        />
      )}
    </>
  );
}

/** What only a link, a map or a group's page sets: each can be taken away. */
function OtherFilters({ filter, facets, onChange }: FilterProps) {
  const groups = filter.groupIds.map(
    (id) => facets.groups.find((group) => group.id === id)?.name ?? fleetText.goneGroup,
  );
  return (
    <>
      <GatewayChip
        gatewayId={filter.gatewayId}
        onRemove={() => onChange({ gatewayId: undefined })}
      />
      {groups.length > 0 && (
        <PlainChip
          name={fleetText.group}
          value={groups.join(", ")}
          onRemove={() => onChange({ groupIds: [] })}
        />
      )}
      {filter.text !== "" && (
        <PlainChip
          name={fleetText.text}
          value={filter.text}
          onRemove={() => onChange({ text: "" })}
        />
      )}
      {filter.location !== undefined && (
        <PlainChip
          name={fleetText.location}
          value={fleetText.locations[filter.location]}
          onRemove={() => onChange({ location: undefined })}
        />
      )}
      {filter.bounds !== undefined && (
        <PlainChip
          name={fleetText.location}
          value={fleetText.inFrame}
          onRemove={() => onChange({ bounds: undefined })}
        />
      )}
      {filter.contactBefore !== undefined && (
        <PlainChip
          name={fleetText.columnContact}
          value={fleetText.longerAgo(durationText(filter.contactBefore))}
          onRemove={() => onChange({ contactBefore: undefined })}
        />
      )}
      {filter.contactWithin !== undefined && (
        <PlainChip
          name={fleetText.columnContact}
          value={fleetText.within(durationText(filter.contactWithin))}
          onRemove={() => onChange({ contactWithin: undefined })}
        />
      )}
    </>
  );
}
