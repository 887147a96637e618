import { AvailabilityControls } from "#components/availability/availability-controls.tsx";
import { AvailabilityDays } from "#components/availability/availability-days.tsx";
import { GroupTable, WorstTable } from "#components/availability/availability-tables.tsx";
import type {
  AvailabilityChoices,
  AvailabilityView,
} from "#components/availability/availability-view.ts";
import { FleetTabs } from "#components/device/fleet-tabs.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { availabilityWords } from "#components/strings/presence.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { ExactTime } from "#components/ui/time.tsx";
import { Stat } from "#components/ui/stat.tsx";
import { availabilityText } from "#server/domain/availability.ts";
import type { AvailabilityReport } from "#server/services/presence/availability.ts";

/** Why there is no report, and what to choose instead. */
export type AvailabilityRefusal = { readonly refused: string };

/** For how much of their time devices were heard: in all, day by day, by profile or tag, and the worst. */
export function AvailabilityPage({
  report,
  view,
  choices,
}: {
  readonly report: AvailabilityReport | AvailabilityRefusal;
  readonly view: AvailabilityView;
  readonly choices: AvailabilityChoices;
}) {
  return (
    <>
      <PageHeader
        title={availabilityWords.title}
        subtitle={
          "refused" in report
            ? availabilityWords.subtitle
            : [
                `${availabilityWords.devices(formatCount(report.total.devices))}, ${availabilityWords.upTo} `,
                <ExactTime key="until" value={report.until} show="time" />,
              ]
        }
      />
      <FleetTabs />
      <AvailabilityControls view={view} choices={choices} />
      {"refused" in report ? (
        <EmptyState title={availabilityWords.tooMuch}>{report.refused}</EmptyState>
      ) : (
        <Report report={report} view={view} />
      )}
      <Definition />
    </>
  );
}

function Report({
  report,
  view,
}: {
  readonly report: AvailabilityReport;
  readonly view: AvailabilityView;
}) {
  if (report.total.devices === 0) {
    const isNarrowed = view.profile !== "" || view.tag !== "" || view.group !== "";
    return (
      <EmptyState title={availabilityWords.empty}>
        {isNarrowed ? availabilityWords.emptyNarrowed : availabilityWords.emptyText}
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <Totals report={report} />
      <AvailabilityDays days={report.days} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <GroupTable report={report} view={view} />
        <WorstTable report={report} />
      </div>
    </div>
  );
}

function Totals({ report: { total } }: { readonly report: AvailabilityReport }) {
  const { seconds, availability } = total;
  const spent = (value: number) => formatDuration(value * 1_000);
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label={availabilityWords.whole}
        value={availabilityText(availability)}
        testId="availability"
      />
      <Stat label={availabilityWords.late} value={spent(seconds.late)} />
      <Stat label={availabilityWords.missed} value={spent(seconds.silent + seconds.stranded)} />
      <Stat
        label={availabilityWords.excused}
        value={spent(seconds.excused)}
        hint={availabilityWords.excusedHint}
      />
    </div>
  );
}

function Definition() {
  return (
    <Card labelledBy="definition" className="mt-4">
      <CardHeader id="definition" title={availabilityWords.definition} />
      <CardBody className="flex max-w-3xl flex-col gap-2 text-ink-2">
        {availabilityWords.definitionText.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </CardBody>
    </Card>
  );
}
