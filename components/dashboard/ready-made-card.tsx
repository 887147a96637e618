import Link from "next/link";
import { readyMadeHref } from "#components/dashboard/dashboard-queries.ts";
import { dashboardListText as text } from "#components/strings/dashboard.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { ReadyMadeSummary } from "#server/services/dashboard/view.ts";

/** The dashboards that profiles have without anybody making them. */
export function ReadyMadeCard({
  readyMade,
  isFiltered,
}: {
  readonly readyMade: readonly ReadyMadeSummary[];
  readonly isFiltered: boolean;
}) {
  if (readyMade.length === 0 && isFiltered) return null;
  return (
    <Card labelledBy="ready-made">
      <CardHeader id="ready-made" title={text.readyMade} aside={text.readyMadeText} />
      {readyMade.length === 0 ? (
        <p className="px-3.5 py-4 text-ink-3">{text.noProfiles}</p>
      ) : (
        <Table>
          <thead>
            <Tr>
              <Th>{text.profile}</Th>
              <Th numeric className="w-28">
                {text.devices}
              </Th>
              <Th numeric className="w-28 max-sm:hidden">
                {text.fields}
              </Th>
            </Tr>
          </thead>
          <tbody>
            {readyMade.map(({ profileId, name, description, devices, fields }) => (
              <Tr key={profileId}>
                <Td className="max-w-0 truncate">
                  <Link href={readyMadeHref(profileId)} className="font-medium hover:underline">
                    {name}
                  </Link>
                  <span className="ml-2 text-ink-3">{description}</span>
                </Td>
                <Td numeric>{formatCount(devices)}</Td>
                <Td numeric className="max-sm:hidden">
                  {formatCount(fields)}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
