"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { locationQuery } from "#components/device/annotation-queries.ts";
import { PlaceDialog } from "#components/device/place-dialog.tsx";
import { placeText } from "#components/strings/device-notes.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { roomOfPlace } from "#server/domain/map-grid.ts";
import type { DeviceLocation } from "#server/services/device/location.ts";

// The map's code is fetched for devices that are on it.
const FleetMap = dynamic(
  () => import("#components/map/fleet-map.tsx").then((file) => file.FleetMap),
  { ssr: false, loading: () => <Skeleton className="size-full opacity-40" /> },
);

/** Where a device is. */
export function PlaceCard({
  device,
  mayChange,
}: {
  readonly device: { readonly id: string; readonly deviceId: string; readonly name: string };
  readonly mayChange: boolean;
}) {
  const [isEditing, setEditing] = useState(false);
  const location = useQuery(locationQuery(device.deviceId));
  return (
    <Card labelledBy="place">
      <CardHeader
        id="place"
        title={placeText.title}
        aside={
          mayChange &&
          location.isSuccess && (
            <Button size="sm" aria-label={placeText.editLabel} onClick={() => setEditing(true)}>
              {placeText.edit}
            </Button>
          )
        }
      />
      <CardBody>
        {location.isError && (
          <ErrorNote remedy={location.error.message}>{placeText.failed}</ErrorNote>
        )}
        {location.isSuccess && <Place id={device.id} location={location.data} />}
      </CardBody>
      {isEditing && location.isSuccess && (
        <PlaceDialog device={device} location={location.data} onClose={() => setEditing(false)} />
      )}
    </Card>
  );
}

function Place({ id, location }: { readonly id: string; readonly location: DeviceLocation }) {
  const { latitude, longitude, place, source, at } = location;
  if (source === null) return <p className="text-ink-3">{placeText.empty}</p>;
  return (
    <div className="flex flex-col gap-2">
      {place !== "" && <p className="break-words text-ink">{place}</p>}
      {latitude === null || longitude === null ? (
        <p className="text-sm text-ink-3">{placeText.noDegrees}</p>
      ) : (
        <>
          <div className="h-48">
            <FleetMap devices={{ by: "devices", ids: [id] }} room={roomOfPlace} />
          </div>
          <CopyText
            text={`${latitude.toFixed(5)}, ${longitude.toFixed(5)}`}
            what={placeText.title}
          />
        </>
      )}
      <p className="text-sm text-ink-3">
        {source === "device" ? placeText.byDevice : placeText.byPerson}
        {at !== null && (
          <>
            {" "}
            <RelativeTime value={at} />
          </>
        )}
      </p>
    </div>
  );
}
