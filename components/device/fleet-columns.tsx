import { CertificateDays, LastContact } from "#components/device/device-cells.tsx";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { shownValue, valueText } from "#components/device/value-text.ts";
import { connectionName, fleetText } from "#components/strings/device.ts";
import { presenceText } from "#components/strings/presence.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { Units } from "#components/units/units-provider.tsx";
import { metricOf, type FleetColumn, type FleetColumnId } from "#server/domain/fleet-columns.ts";
import type { FleetDevice, FleetValue } from "#server/services/device/list.ts";

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
          <span className="ml-1.5 font-mono text-sm font-normal text-ink-3 max-sm:hidden">
            {device.deviceId}
          </span>
        )}
      </>
    ),
  },
  presence: {
    header: fleetText.columnPresence,
    width: "8.5rem",
    cell: (device) => <PresenceCell device={device} />,
  },
  contact: {
    header: fleetText.columnContact,
    width: "16rem",
    sortable: true,
    hideBelow: "md",
    cell: (device) => <LastContact device={device} />,
  },
  profile: {
    header: fleetText.columnProfile,
    width: "8.5rem",
    hideBelow: "lg",
    cell: (device) => device.profile.name,
  },
  certificate: {
    header: fleetText.columnCertificate,
    width: "7.5rem",
    hideBelow: "md",
    cell: (device) => <CertificateDays certificate={device.certificate} />,
  },
  connection: {
    header: fleetText.columnConnection,
    width: "10rem",
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

/** How a device is, and the gateway whose silence is why. */
function PresenceCell({
  device: { presence, foldedUnder },
}: {
  readonly device: Pick<FleetDevice, "presence" | "foldedUnder">;
}) {
  if (foldedUnder === null) return <PresenceBadge presence={presence} />;
  const note = presenceText.behindShort(foldedUnder.name, foldedUnder.presence);
  return (
    <span className="flex items-center gap-2" data-folded-under={foldedUnder.deviceId}>
      <PresenceBadge presence={presence} />
      <span className="truncate text-sm text-ink-3 max-md:sr-only" title={note}>
        {note}
      </span>
    </span>
  );
}

/** What a column is called. */
export function columnName(column: FleetColumn): string {
  const metric = metricOf(column);
  if (metric !== undefined) return metric;
  return ownColumns[column.id as FleetColumnId].header;
}

/** What the columns depend on besides themselves. */
type Shown = {
  /** As the newest schema has it. */
  readonly metricUnits: ReadonlyMap<string, string | null>;
  readonly units: Units;
  /** Some rows name the gateway that is silent: their presence takes more room. */
  readonly isFolded: boolean;
};

/** The chosen columns as the table draws them; values are in the reader's unit. */
export function fleetColumns(
  columns: readonly FleetColumn[],
  shown: Shown,
): readonly DataColumn<FleetDevice>[] {
  return columns.map((column) => {
    const own = metricColumn(column, shown) ?? ownColumns[column.id as FleetColumnId];
    return {
      ...own,
      id: column.id,
      ...(shown.isFolded && foldedLook(column.id)),
      ...(column.width !== null && { width: `${column.width}px` }),
    };
  });
}

/** Where presences have a note beside them, the contact gives them the room. */
function foldedLook(column: FleetColumn["id"]): Partial<DataColumn<FleetDevice>> {
  if (column === "presence") return { width: "clamp(8.5rem, 22vw, 19rem)" };
  if (column !== "contact") return {};
  return { width: "8.5rem", cell: (device) => <LastContact device={device} isBrief /> };
}

function metricColumn(
  column: FleetColumn,
  { metricUnits, units }: Shown,
): Omit<DataColumn<FleetDevice>, "id"> | undefined {
  const metric = metricOf(column);
  if (metric === undefined) return undefined;
  const { unit } = units(metricUnits.get(metric));
  return {
    header: unit === "" ? metric : `${metric} (${unit})`,
    width: "9rem",
    numeric: true,
    hideBelow: "sm",
    cell: ({ latest }) => {
      const value = latest[metric];
      return value === undefined ? none : <NewestValue value={value} units={units} unit={unit} />;
    },
  };
}

function NewestValue({
  value: { v, t, unit: stored },
  units,
  unit,
}: {
  readonly value: FleetValue;
  readonly units: Units;
  /** Of the column. */
  readonly unit: string;
}) {
  const display = units(stored);
  return (
    <time dateTime={new Date(t).toISOString()} className="tabular-nums">
      {valueText(shownValue(v, display))}
      {typeof v === "number" && display.unit !== unit && (
        <span className="ml-1 text-sm text-ink-3">{display.unit}</span>
      )}
    </time>
  );
}
