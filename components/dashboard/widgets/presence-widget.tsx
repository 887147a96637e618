"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { presenceShareTones } from "#components/device/presence-share-tones.ts";
import { ShareBar } from "#components/charts/share-bar.tsx";
import { everyMsOf, useScope } from "#components/dashboard/dashboard-scope.tsx";
import { selectionPresenceQuery } from "#components/dashboard/dashboard-queries.ts";
import type { WidgetInput } from "#components/dashboard/use-widget-data.ts";
import { Hollow, StaleNote, waitingFor } from "#components/dashboard/widgets/widget-states.tsx";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { formatCount } from "#components/ui/format.ts";
import type { WidgetOf } from "#server/domain/dashboard.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { everyDevice, fleetViewToParams } from "#server/domain/fleet-filter.ts";
import {
  presenceMeanings,
  presenceNames,
  presences,
  type Presence,
} from "#server/domain/presence.ts";

/** The fleet table with the devices of a presence; undefined where it cannot be said by an address. */
function tableOf(devices: DeviceSelection, presence: Presence): string | undefined {
  if (devices.by === "devices") return undefined;
  const filter =
    devices.by === "group"
      ? { ...everyDevice.filter, groupIds: [devices.groupId] }
      : devices.filter;
  const view = { ...everyDevice, filter: { ...filter, presence: [presence] } };
  return `/devices?${fleetViewToParams(view).toString()}`;
}

/** How many devices of the selection are online, late, silent; each word leads to them. */
export function PresenceWidget({ devices, active }: WidgetInput<WidgetOf<"presence">>) {
  const { choice } = useScope();
  const query = useQuery({
    ...selectionPresenceQuery(devices, active && everyMsOf(choice)),
    enabled: active,
  });
  const waiting = waitingFor(query);
  if (waiting !== undefined) return waiting;
  const counts = new Map(query.data?.map((each) => [each.presence, each.devices]));
  if (counts.size === 0) {
    return <Hollow title={widgetText.noDevices} text={widgetText.noDevicesText} />;
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return (
    <div className="flex h-full flex-col justify-center">
      <p className="mb-2 text-2xl font-semibold tracking-tight">
        {formatCount(total)}
        <span className="ml-1.5 text-base font-normal text-ink-3">
          {widgetText.devicesWord(total)}
        </span>
      </p>
      <ShareBar
        parts={presences.map((presence) => ({
          id: presence,
          value: counts.get(presence) ?? 0,
          tone: presenceShareTones[presence],
          label: <Word presence={presence} href={tableOf(devices, presence)} />,
        }))}
      />
      <StaleNote query={query} />
    </div>
  );
}

function Word({
  presence,
  href,
}: {
  readonly presence: Presence;
  readonly href: string | undefined;
}) {
  const name = presenceNames[presence];
  if (href === undefined) return <span title={presenceMeanings[presence]}>{name}</span>;
  return (
    <Link href={href} title={presenceMeanings[presence]} className="hover:text-ink hover:underline">
      {name}
    </Link>
  );
}
