import Link from "next/link";
import { groupHref } from "#components/enrolment/enrolment-queries.ts";
import { quarantineText as text } from "#components/strings/enrolment-request.ts";
import type { DataColumn } from "#components/ui/data-table-types.ts";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import type { QuarantinedDevice } from "#server/services/onboard/list-quarantined.ts";

/** Columns of the devices in quarantine; the first opens the device. */
export const quarantineColumns: readonly DataColumn<QuarantinedDevice>[] = [
  {
    id: "name",
    header: text.columnName,
    cell: ({ name, deviceId }) => (
      <span title={deviceId}>
        <span className="font-medium">{name}</span>
        {name !== deviceId && <span className="ml-2 font-mono text-sm text-ink-3">{deviceId}</span>}
      </span>
    ),
  },
  {
    id: "origin",
    header: text.columnOrigin,
    width: "13rem",
    hideBelow: "sm",
    cell: (device) => <Origin device={device} />,
  },
  {
    id: "profile",
    header: text.columnProfile,
    width: "9rem",
    hideBelow: "lg",
    cell: ({ profileName }) => profileName,
  },
  {
    id: "kept",
    header: text.columnKept,
    width: "7rem",
    numeric: true,
    cell: (device) => <Kept device={device} />,
  },
  {
    id: "contact",
    header: text.columnContact,
    width: "8rem",
    hideBelow: "md",
    cell: ({ lastContactAt }) => <RelativeTime value={lastContactAt} fallback={text.neverSeen} />,
  },
  {
    id: "since",
    header: text.columnSince,
    width: "7.5rem",
    hideBelow: "md",
    cell: ({ createdAt }) => <RelativeTime value={createdAt} />,
  },
];

function Origin({ device }: { readonly device: QuarantinedDevice }) {
  const from =
    device.batch === null
      ? device.group && { href: groupHref(device.group), name: device.group.name }
      : { href: `/onboard/batches/${device.batch.id}`, name: device.batch.name };
  if (from === null) return <span className="text-ink-3">{text.byHand}</span>;
  return (
    <Link href={from.href} title={from.name} className="relative z-1 hover:underline">
      {from.name}
    </Link>
  );
}

function Kept({ device }: { readonly device: QuarantinedDevice }) {
  if (device.kept === 0) return <span className="text-ink-3">0</span>;
  const query = new URLSearchParams({ reason: "in-quarantine", device: device.deviceId });
  return (
    <Link
      href={`/dead-letters/all?${query.toString()}`}
      aria-label={text.keptLink(formatCount(device.kept), device.deviceId)}
      className="relative z-1 font-medium text-accent hover:underline"
    >
      {formatCount(device.kept)}
    </Link>
  );
}
