import Link from "next/link";
import {
  availabilityHref,
  type AvailabilityView,
} from "#components/availability/availability-view.ts";
import { deviceHref } from "#components/device/device-href.ts";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { availabilityWords } from "#components/strings/presence.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { availabilityText, type PresenceSeconds } from "#server/domain/availability.ts";
import type { AvailabilityReport } from "#server/services/presence/availability.ts";

const missed = ({ late, silent, stranded }: PresenceSeconds): string =>
  formatDuration((late + silent + stranded) * 1_000);

/** Profiles or tags; each leads to its own. */
export function GroupTable({
  report,
  view,
}: {
  readonly report: AvailabilityReport;
  readonly view: AvailabilityView;
}) {
  const isByTag = view.by === "tag";
  const title = `${availabilityWords.groups} ${view.by}`;
  return (
    <Card className="min-w-0">
      <CardHeader title={title} />
      {report.groups.length === 0 ? (
        <CardBody className="text-ink-3">{availabilityWords.noGroups}</CardBody>
      ) : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <section className="max-h-120 overflow-auto" aria-label={title} tabIndex={0}>
          <Table>
            <thead>
              <tr>
                <Th>{availabilityWords.kinds[view.by]}</Th>
                <Th numeric>{availabilityWords.count}</Th>
                <Th numeric>{availabilityWords.share}</Th>
                <Th numeric className="max-sm:hidden">
                  {availabilityWords.missedTime}
                </Th>
              </tr>
            </thead>
            <tbody>
              {report.groups.map(({ id, name, devices, availability, seconds }) => (
                <Tr key={id}>
                  <Td className="wrap-anywhere">
                    <Link
                      href={availabilityHref({
                        ...view,
                        ...(isByTag ? { tag: id } : { profile: id }),
                      })}
                      className="font-medium hover:underline"
                    >
                      {name}
                    </Link>
                  </Td>
                  <Td numeric>{formatCount(devices)}</Td>
                  <Td numeric>{availabilityText(availability)}</Td>
                  <Td numeric className="whitespace-nowrap max-sm:hidden">
                    {missed(seconds)}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </section>
      )}
    </Card>
  );
}

/** The devices that were missed for the largest share of their time. */
export function WorstTable({ report: { worst } }: { readonly report: AvailabilityReport }) {
  return (
    <Card labelledBy="worst" className="min-w-0">
      <CardHeader id="worst" title={availabilityWords.worst} aside={availabilityWords.worstAside} />
      {worst.length === 0 ? (
        <CardBody className="text-ink-3">{availabilityWords.noneMissed}</CardBody>
      ) : (
        <Table>
          <thead>
            <tr>
              <Th>{availabilityWords.device}</Th>
              <Th>{availabilityWords.now}</Th>
              <Th numeric>{availabilityWords.share}</Th>
              <Th numeric className="max-sm:hidden">
                {availabilityWords.missedTime}
              </Th>
            </tr>
          </thead>
          <tbody>
            {worst.map((device) => (
              <Tr key={device.deviceId} data-worst={device.deviceId}>
                <Td className="wrap-anywhere">
                  <Link href={deviceHref(device)} className="font-medium hover:underline">
                    {device.name}
                  </Link>
                </Td>
                <Td>
                  <PresenceBadge presence={device.presence} />
                </Td>
                <Td numeric>{availabilityText(device.availability)}</Td>
                <Td numeric className="whitespace-nowrap max-sm:hidden">
                  {missed(device.seconds)}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
