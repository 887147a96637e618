"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { countQuery } from "#components/device/fleet-queries.ts";
import { fleetText } from "#components/strings/device.ts";
import { Button } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { BulkBar } from "#components/work/bulk-bar.tsx";
import { fleetViewToParams, type FleetFilter } from "#server/domain/fleet-filter.ts";
import type { DeviceList, FleetDevice } from "#server/services/device/list.ts";

/** Beyond so many a selection by name is no selection any more but a filter. */
const mostByName = 1_000;

type Props = {
  readonly filter: FleetFilter;
  readonly devices: readonly FleetDevice[];
  readonly matching: DeviceList["matching"];
  readonly selected: ReadonlySet<string>;
  readonly onSelectedChange: (selected: ReadonlySet<string>) => void;
};

/** What can be done with the devices that are selected, or with all that match. */
export function FleetSelection(props: Props) {
  return props.selected.size === 0 ? null : <Selection {...props} />;
}

/** How many match: all of them counted, or at least so many while that is under way. */
function useMatching(filter: FleetFilter, matching: DeviceList["matching"]) {
  const isOpenEnded = matching?.more === true;
  const { data: exact } = useQuery({ ...countQuery(filter), enabled: isOpenEnded });
  return {
    count: exact?.count ?? matching?.count ?? 0,
    isAtLeast: isOpenEnded && exact === undefined,
  };
}

function Selection({ filter, devices, matching, selected, onSelectedChange }: Props) {
  const [allOf, setAllOf] = useState<string>();
  const all = useMatching(filter, matching);
  const key = fleetViewToParams({ filter, sort: "name" }).toString();
  const chosen = devices.filter((device) => selected.has(device.id)).map(({ id }) => id);
  // A filter that changes is another selection: "all that match" does not follow it.
  const isAll = allOf === key || chosen.length > mostByName;
  const offersAll = !isAll && chosen.length === devices.length && all.count > chosen.length;
  const counted = formatCount(all.count);
  return (
    <div className="mb-3">
      <BulkBar
        selection={isAll ? { by: "filter", filter } : { by: "devices", ids: chosen }}
        count={isAll ? all.count : chosen.length}
        isAll={isAll}
        isAtLeast={isAll && all.isAtLeast}
        onClear={() => {
          setAllOf(undefined);
          onSelectedChange(new Set());
        }}
      >
        {offersAll && (
          <Button variant="ghost" size="sm" onClick={() => setAllOf(key)}>
            {fleetText.selectMatching(all.isAtLeast ? fleetText.atLeast(counted) : counted)}
          </Button>
        )}
      </BulkBar>
    </div>
  );
}
