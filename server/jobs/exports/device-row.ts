import type { ExportDeviceRow } from "#server/db/read-export-devices.ts";
import type { Cell, Column, Row } from "#server/jobs/exports/column.ts";

const text = { unit: null, kind: "text" } as const;
const instant = { unit: null, kind: "instant" } as const;

type DeviceColumn = Column & { readonly of: (row: ExportDeviceRow) => Cell };

const columns: readonly DeviceColumn[] = [
  { name: "device_id", ...text, of: (row) => row.deviceId },
  { name: "uuid", ...text, of: (row) => row.id },
  { name: "name", ...text, of: (row) => row.name },
  { name: "state", ...text, of: (row) => row.state },
  { name: "presence", ...text, of: (row) => row.presence },
  { name: "presence_since", ...instant, of: (row) => microsOf(row.presenceSince) },
  { name: "last_contact_at", ...instant, of: (row) => microsOf(row.contactAt) },
  {
    name: "expected_contact_seconds",
    unit: "s",
    kind: "integer",
    of: (row) => row.expectedContactSeconds,
  },
  { name: "profile", ...text, of: (row) => row.profile },
  { name: "gateway", ...text, of: (row) => row.gateway },
  { name: "certificate_not_after", ...instant, of: (row) => microsOf(row.certificateNotAfter) },
  { name: "protocol", ...text, of: (row) => row.protocol },
  { name: "tls_version", ...text, of: (row) => row.tlsVersion },
  { name: "created_at", ...instant, of: (row) => microsOf(row.createdAt) },
  { name: "serial", ...text, of: (row) => row.serial },
  { name: "manufacturer", ...text, of: (row) => row.manufacturer },
  { name: "model", ...text, of: (row) => row.model },
  { name: "hardware_revision", ...text, of: (row) => row.hardwareRevision },
  { name: "tags", ...text, of: (row) => row.tags.join(" ") },
  { name: "place", ...text, of: (row) => row.place },
  { name: "latitude", unit: "deg", kind: "number", of: (row) => row.latitude },
  { name: "longitude", unit: "deg", kind: "number", of: (row) => row.longitude },
];

/** The table of devices. */
export const deviceExportColumns: readonly Column[] = columns;

export function deviceRow(row: ExportDeviceRow): Row {
  return columns.map(({ of }) => of(row));
}

function microsOf(at: Date | null): bigint | null {
  return at === null ? null : BigInt(at.getTime()) * 1_000n;
}
