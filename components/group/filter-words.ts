import { certificateLifeNames } from "#server/domain/certificate-life.ts";
import type { FleetFilter } from "#server/domain/fleet-filter.ts";
import { durationText } from "#server/domain/fleet-query-values.ts";
import { fleetText } from "#components/strings/device.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { presenceNames } from "#server/domain/presence.ts";

/** Names of what a filter names by id. */
export type FilterNames = {
  readonly profiles: readonly { readonly id: string; readonly name: string }[];
  readonly groups: readonly { readonly id: string; readonly name: string }[];
};

/** A filter in words, part by part: "Presence: Late, Silent". */
export function filterWords(filter: FleetFilter, names: FilterNames): readonly string[] {
  const nameOf = (known: FilterNames["profiles"], id: string) =>
    known.find((each) => each.id === id)?.name ?? "?";
  const parts: readonly (readonly [string, readonly string[]])[] = [
    [fleetText.text, filter.text === "" ? [] : [filter.text]],
    [fleetText.presence, filter.presence.map((each) => presenceNames[each])],
    [fleetText.profile, filter.profileIds.map((id) => nameOf(names.profiles, id))],
    [fleetText.certificate, filter.certificate.map((each) => certificateLifeNames[each])],
    [fleetText.tag, filter.tags],
    [fleetText.firmware, filter.firmware],
    [fleetText.group, filter.groupIds.map((id) => nameOf(names.groups, id))],
    [gatewayText.facet, filter.gatewayId === undefined ? [] : ["…"]],
    [
      fleetText.location,
      [
        ...(filter.location === undefined ? [] : [fleetText.locations[filter.location]]),
        ...(filter.bounds === undefined ? [] : [fleetText.inFrame]),
      ],
    ],
    [
      fleetText.columnContact,
      [
        ...(filter.contactBefore === undefined
          ? []
          : [fleetText.longerAgo(durationText(filter.contactBefore))]),
        ...(filter.contactWithin === undefined
          ? []
          : [fleetText.within(durationText(filter.contactWithin))]),
      ],
    ],
  ];
  return parts.flatMap(([label, values]) =>
    values.length === 0 ? [] : [`${fleetText.facet(label)} ${values.join(", ")}`],
  );
}
