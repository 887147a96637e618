import { CertificateDays, LastContact } from "#components/device/device-cells.tsx";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { connectionName, fleetText } from "#components/strings/device.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import type { DeviceSummary } from "#server/services/device/summary.ts";

/** The columns of the fleet table; the ids of sortable ones are the names of sorts. */
export const fleetColumns: readonly DataColumn<DeviceSummary>[] = [
  {
    id: "name",
    header: fleetText.columnDevice,
    sortable: true,
    cell: (device) => (
      <>
        {device.name}
        {device.deviceId !== device.name && (
          <span className="ml-1.5 font-mono text-sm font-normal text-ink-3">{device.deviceId}</span>
        )}
      </>
    ),
  },
  {
    id: "presence",
    header: fleetText.columnPresence,
    width: "8.5rem",
    cell: (device) => <PresenceBadge presence={device.presence} />,
  },
  {
    id: "contact",
    header: fleetText.columnContact,
    width: "17.5rem",
    sortable: true,
    hideBelow: "md",
    cell: (device) => <LastContact device={device} />,
  },
  {
    id: "profile",
    header: fleetText.columnProfile,
    width: "9rem",
    hideBelow: "lg",
    cell: (device) => device.profile.name,
  },
  {
    id: "certificate",
    header: fleetText.columnCertificate,
    width: "8rem",
    hideBelow: "md",
    cell: (device) => <CertificateDays certificate={device.certificate} />,
  },
  {
    id: "connection",
    header: fleetText.columnConnection,
    width: "10.5rem",
    hideBelow: "lg",
    cell: (device) => connectionName(device) ?? <span className="text-ink-3">–</span>,
  },
];
