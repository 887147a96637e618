import Link from "next/link";
import { Bars, type Bar } from "#components/charts/bars.tsx";
import { overviewText } from "#components/strings/overview.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { isoWeek } from "#server/domain/iso-week.ts";
import type { OverviewView } from "#server/services/overview/show.ts";

type Week = OverviewView["certificates"]["weeks"][number];

/** How many devices' certificates end, week by week. */
export function CertificatesCard({
  certificates,
}: {
  readonly certificates: OverviewView["certificates"];
}) {
  const { weeks, expired } = certificates;
  const isQuiet = weeks.every((week) => week.soon + week.later === 0);
  return (
    <Card labelledBy="overview-certificates" className="flex flex-col">
      <CardHeader
        id="overview-certificates"
        title={overviewText.certificates}
        aside={
          expired === 0 ? (
            <Link href="/certificates" className="text-accent hover:underline">
              {overviewText.certificatesAside}
            </Link>
          ) : (
            <Link href="/certificates?kind=device&standing=expired">
              <StateBadge tone="bad">
                {overviewText.certificatesExpired(formatCount(expired))}
              </StateBadge>
            </Link>
          )
        }
      />
      <CardBody className="flex flex-1 flex-col justify-end">
        {isQuiet ? (
          <p className="m-auto py-14 text-ink-2">{overviewText.certificatesNone}</p>
        ) : (
          <Bars
            label={overviewText.certificates}
            series={[
              { id: "later", label: overviewText.certificatesLater, tone: "accent" },
              { id: "soon", label: overviewText.certificatesSoon, tone: "warn" },
            ]}
            bars={weeks.map(barOf)}
            heightPixels={190}
          />
        )}
      </CardBody>
    </Card>
  );
}

function barOf(week: Week): Bar {
  const label = overviewText.week(String(isoWeek(new Date(week.startsAt))));
  return {
    id: week.startsAt,
    label,
    title: overviewText.certificateWeek(
      label,
      week.startsAt.slice(0, 10),
      formatCount(week.soon + week.later),
      formatCount(week.soon),
    ),
    values: [week.later, week.soon],
  };
}
