import { CertificateDays, LastContact } from "#components/device/device-cells.tsx";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { valueText } from "#components/device/value-text.ts";
import { connectionName, fleetText } from "#components/strings/device.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { metricOf, type FleetColumn, type FleetColumnId } from "#server/domain/fleet-columns.ts";
import type { FleetDevice } from "#server/services/device/list.ts";

const none = <span className="text-ink-3">–</span>;

/** What each column of ours shows; the ids of sortable ones are the names of sorts. */
const ownColumns: Readonly<Record<FleetColumnId, Omit<DataColumn<FleetDevice>, "id">>> = {
  name: {
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
  presence: {
    header: fleetText.columnPresence,
    width: "8.5rem",
    cell: (device) => <PresenceBadge presence={device.presence} />,
  },
  contact: {
    header: fleetText.columnContact,
    width: "17.5rem",
    sortable: true,
    hideBelow: "md",
    cell: (device) => <LastContact device={device} />,
  },
  profile: {
    header: fleetText.columnProfile,
    width: "9rem",
    hideBelow: "lg",
    cell: (device) => device.profile.name,
  },
  certificate: {
    header: fleetText.columnCertificate,
    width: "8rem",
    hideBelow: "md",
    cell: (device) => <CertificateDays certificate={device.certificate} />,
  },
  connection: {
    header: fleetText.columnConnection,
    width: "10.5rem",
    hideBelow: "lg",
    cell: (device) => connectionName(device) ?? none,
  },
  tags: {
    header: fleetText.columnTags,
    width: "12rem",
    hideBelow: "md",
    cell: (device) => (device.tags.length === 0 ? none : device.tags.join(", ")),
  },
  firmware: {
    header: fleetText.columnFirmware,
    width: "8rem",
    hideBelow: "md",
    cell: (device) => device.firmware ?? none,
  },
  gateway: {
    header: fleetText.columnGateway,
    width: "10rem",
    hideBelow: "md",
    cell: (device) => device.gateway?.name ?? none,
  },
  place: {
    header: fleetText.columnPlace,
    width: "12rem",
    hideBelow: "md",
    cell: (device) => (device.place === "" ? none : device.place),
  },
  serial: {
    header: fleetText.columnSerial,
    width: "10rem",
    hideBelow: "md",
    cell: (device) =>
      device.serial === "" ? none : <span className="font-mono text-sm">{device.serial}</span>,
  },
  created: {
    header: fleetText.columnCreated,
    width: "10rem",
    sortable: true,
    hideBelow: "md",
    cell: (device) => <RelativeTime value={device.createdAt} />,
  },
};

/** What a column is called. */
export function columnName(column: FleetColumn): string {
  const metric = metricOf(column);
  if (metric !== undefined) return metric;
  return ownColumns[column.id as FleetColumnId].header;
}

/** The chosen columns as the table draws them. */
export function fleetColumns(
  columns: readonly FleetColumn[],
  units: ReadonlyMap<string, string | null>,
): readonly DataColumn<FleetDevice>[] {
  return columns.map((column) => {
    const own = metricColumn(column, units) ?? ownColumns[column.id as FleetColumnId];
    return {
      ...own,
      id: column.id,
      ...(column.width !== null && { width: `${column.width}px` }),
    };
  });
}

function metricColumn(
  column: FleetColumn,
  units: ReadonlyMap<string, string | null>,
): Omit<DataColumn<FleetDevice>, "id"> | undefined {
  const metric = metricOf(column);
  if (metric === undefined) return undefined;
  const unit = units.get(metric) ?? null;
  return {
    header: unit === null ? metric : `${metric} (${unit})`,
    width: "9rem",
    numeric: true,
    hideBelow: "sm",
    cell: (device) => {
      const latest = device.latest[metric];
      if (latest === undefined) return none;
      return (
        <time dateTime={new Date(latest.t).toISOString()} className="tabular-nums">
          {valueText(latest.v)}
        </time>
      );
    },
  };
}
