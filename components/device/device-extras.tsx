import { DeviceAlerts } from "#components/alert/device-alerts.tsx";
import { DangerZone } from "#components/device/danger-zone.tsx";
import { NotesCard } from "#components/device/notes-card.tsx";
import { PlaceCard } from "#components/device/place-card.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";

/** What belongs to a device beside what it sends: alerts, notes, its place. */
export function DeviceExtras({
  device,
  mayAnnotate,
}: {
  readonly device: DeviceDetail;
  readonly mayAnnotate: boolean;
}) {
  return (
    <div className="flex flex-col gap-4">
      <DeviceAlerts deviceId={device.deviceId} />
      <NotesCard deviceId={device.deviceId} mayWrite={mayAnnotate} />
      <PlaceCard device={device} mayChange={mayAnnotate && device.state !== "decommissioned"} />
    </div>
  );
}

/** The end of a device's page: what ends its service, for those who may. */
export function DeviceEnd({
  device,
  mayManage,
  mayTransfer,
}: {
  readonly device: DeviceDetail;
  readonly mayManage: boolean;
  readonly mayTransfer: boolean;
}) {
  return mayManage ? <DangerZone first={device} mayTransfer={mayTransfer} /> : null;
}
